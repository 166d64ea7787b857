import { CloudOff, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { explain } from "@/lib/problems";

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing is here, and what to do about it. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="grid justify-items-center gap-1 px-6 py-14 text-center">
      <span className="mb-3 grid size-12 place-items-center rounded-full bg-primary-soft text-primary">
        <Icon className="size-6" aria-hidden />
      </span>
      <p className="font-semibold">{title}</p>
      {children && <div className="max-w-sm text-muted text-sm">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

interface FailureProps {
  error: unknown;
  onRetry: () => void;
  retrying?: boolean;
}

/** Something could not be shown: why, and the next step. */
export function Failure({ error, onRetry, retrying }: FailureProps) {
  const { title, detail, step } = explain(error);
  return (
    <div role="alert" className="grid justify-items-center gap-1 px-6 py-14 text-center">
      <span className="mb-3 grid size-12 place-items-center rounded-full bg-bad-soft text-bad">
        <CloudOff className="size-6" aria-hidden />
      </span>
      <p className="font-semibold">{title}</p>
      <p className="max-w-md text-muted text-sm">{detail}</p>
      <div className="mt-4 flex gap-2">
        {step !== "back" && (
          <Button variant="outline" onClick={onRetry} busy={retrying}>
            Try again
          </Button>
        )}
        {step === "back" && (
          <Button variant="outline" asChild>
            <Link to="/">To the dashboard</Link>
          </Button>
        )}
      </div>
    </div>
  );
}
