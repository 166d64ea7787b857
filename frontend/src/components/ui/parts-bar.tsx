import type { CSSProperties, ReactNode } from "react";

/** How a part looks: told apart by pattern and lightness as well as by colour. */
export type Look = "solid" | "hatched" | "dotted" | "rest";

const hatching = (color: string) => `repeating-linear-gradient(135deg, ${color} 0 4px, transparent 4px 7px)`;
const dots = (color: string) => `radial-gradient(${color} 1.5px, transparent 1.6px)`;

const LOOKS: Record<Look, CSSProperties> = {
  solid: { backgroundColor: "var(--info)" },
  hatched: { backgroundImage: hatching("var(--primary)"), backgroundColor: "var(--primary-soft)" },
  dotted: { backgroundImage: dots("var(--muted)"), backgroundSize: "5px 5px", backgroundColor: "var(--sunken)" },
  rest: { backgroundColor: "var(--sunken)" },
};

export interface Part {
  label: string;
  value: number;
  /** The value as it reads. */
  text: string;
  look: Look;
  hint?: ReactNode;
}

/** What a whole is made of: a bar, and below it each part in words. */
export function PartsBar({ parts, total }: { parts: readonly Part[]; total: number }) {
  return (
    <div className="grid gap-4">
      <div className="flex h-4 overflow-hidden rounded-full border border-line-strong bg-sunken" aria-hidden>
        {parts.map(
          ({ label, value, look }) =>
            value > 0 &&
            total > 0 && (
              <span
                key={label}
                data-part={label}
                className="h-full min-w-1 border-line-strong not-last:border-r"
                style={{ ...LOOKS[look], width: `${(100 * value) / total}%` }}
              />
            ),
        )}
      </div>
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        {parts.map(({ label, text, look, hint }) => (
          <div key={label}>
            <dt className="flex items-center gap-2 text-muted text-sm">
              <span className="size-3 rounded-[3px] border border-line-strong" style={LOOKS[look]} aria-hidden />
              {label}
            </dt>
            <dd className="numbers font-semibold text-lg">{text}</dd>
            {hint && <dd className="max-w-56 text-muted text-xs">{hint}</dd>}
          </div>
        ))}
      </dl>
    </div>
  );
}
