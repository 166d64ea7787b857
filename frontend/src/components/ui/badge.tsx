import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const badge = cva(
  "inline-flex items-center gap-1.5 whitespace-nowrap rounded-full px-2 py-0.5 font-medium text-xs [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        idle: "bg-idle-soft text-idle",
        info: "bg-info-soft text-info",
        busy: "bg-busy-soft text-busy",
        good: "bg-good-soft text-good",
        bad: "bg-bad-soft text-bad",
        primary: "bg-primary-soft text-primary",
        plain: "border border-line text-muted",
      },
    },
    defaultVariants: { tone: "idle" },
  },
);

export type BadgeProps = ComponentProps<"span"> & VariantProps<typeof badge>;

export function Badge({ className, tone, ...props }: BadgeProps) {
  return <span className={cn(badge({ tone }), className)} {...props} />;
}
