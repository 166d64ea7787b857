import type { ReactNode } from "react";

interface Figure {
  label: string;
  value: ReactNode;
  /** What to make of it. */
  hint?: ReactNode;
}

/** A few numbers that are read at a glance. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-4">
      {figures.map(({ label, value, hint }) => (
        <div key={label} className="flex flex-col rounded-xl border border-line bg-surface px-4 py-3 shadow-card">
          <dt className="text-[0.8125rem] text-muted">{label}</dt>
          <dd className="numbers font-semibold text-xl">{value}</dd>
          {hint && <dd className="text-muted text-xs">{hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
