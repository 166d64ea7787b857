import type { ReactNode } from "react";
import { Link } from "react-router";
import { Skeleton } from "@/components/ui/skeleton";

interface Props {
  label: string;
  /** Undefined while it is on its way. */
  value: string | undefined;
  hint?: ReactNode;
  /** Where there is more about it. */
  to?: string;
}

/** A number of which one wants to know at a glance; goes into a `dl`. */
export function Stat({ label, value, hint, to }: Props) {
  return (
    <div className="relative rounded-xl border border-line bg-surface px-4 py-3.5 shadow-card has-[a:hover]:border-line-strong">
      <dt className="text-muted text-sm">
        {to ? (
          <Link to={to} className="after:absolute after:inset-0">
            {label}
          </Link>
        ) : (
          label
        )}
      </dt>
      <dd className="numbers font-semibold text-2xl">{value ?? <Skeleton className="mt-1 h-7 w-16" />}</dd>
      {hint && <dd className="numbers text-muted text-xs">{hint}</dd>}
    </div>
  );
}
