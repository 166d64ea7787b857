import { Slider as Radix } from "radix-ui";

interface Props {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  disabled?: boolean;
  /** The value as it is read out, e.g. "-40 dB". */
  valueText: string;
  onChange: (value: number) => void;
}

export function Slider({ label, value, min, max, step = 1, disabled, valueText, onChange }: Props) {
  return (
    <Radix.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={([next]) => next !== undefined && onChange(next)}
      className="relative flex h-6 w-full touch-none select-none items-center data-disabled:opacity-50"
    >
      <Radix.Track className="relative h-1.5 grow rounded-full bg-line">
        <Radix.Range className="absolute h-full rounded-full bg-primary" />
      </Radix.Track>
      <Radix.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="block size-[1.125rem] rounded-full border-2 border-primary bg-surface shadow-card"
      />
    </Radix.Root>
  );
}
