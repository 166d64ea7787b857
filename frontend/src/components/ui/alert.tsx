import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const KINDS = {
  bad: { icon: CircleAlert, classes: "border-bad/30 bg-bad-soft text-bad" },
  busy: { icon: TriangleAlert, classes: "border-busy/30 bg-busy-soft text-busy" },
  info: { icon: Info, classes: "border-info/30 bg-info-soft text-info" },
} as const;

interface Props {
  tone?: keyof typeof KINDS;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
  /** Whether it is read out when it appears. */
  live?: boolean;
}

/** Something that needs attention, with its next step. */
export function Alert({ tone = "bad", title, children, action, className, live = true }: Props) {
  const { icon: Icon, classes } = KINDS[tone];
  return (
    <div
      role={live ? "alert" : undefined}
      className={cn("flex items-start gap-3 rounded-lg border px-4 py-3 text-sm", classes, className)}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 break-words">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className={cn(title && "mt-0.5")}>{children}</div>}
      </div>
      {action && <div className="shrink-0">{action}</div>}
    </div>
  );
}
