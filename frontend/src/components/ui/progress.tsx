import { Progress as Radix } from "radix-ui";
import { cn } from "@/lib/cn";

const TONES = {
  primary: "bg-primary",
  busy: "bg-busy-bar",
  good: "bg-good-bar",
  bad: "bg-bad-bar",
  info: "bg-info",
  idle: "bg-line-strong",
} as const;

export type Tone = keyof typeof TONES;

interface Props {
  /** 0 to 100; null while nobody knows how far it is. */
  value: number | null;
  label: string;
  tone?: Tone;
  size?: "thin" | "normal" | "large";
  className?: string;
}

/** A bar that grows; it moves by transform alone, so that a hundred of them cost no layout. */
export function Progress({ value, label, tone = "primary", size = "normal", className }: Props) {
  const shown = value === null ? null : Math.max(0, Math.min(100, value));
  return (
    <Radix.Root
      value={shown === null ? null : Math.round(shown)}
      aria-label={label}
      className={cn(
        "relative w-full overflow-hidden rounded-full bg-line",
        { thin: "h-1", normal: "h-1.5", large: "h-2.5" }[size],
        className,
      )}
    >
      <Radix.Indicator
        className={cn(
          "h-full w-full origin-left rounded-full transition-transform duration-500 ease-out",
          TONES[tone],
          shown === null && "animate-pulse",
        )}
        style={{ transform: `translateX(-${100 - (shown ?? 100)}%)` }}
      />
    </Radix.Root>
  );
}
