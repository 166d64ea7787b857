import { RadioGroup as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

export interface Choice<T extends string> {
  value: T;
  label: string;
  hint?: ReactNode;
  disabled?: boolean;
}

interface Props<T extends string> {
  label: string;
  value: T;
  choices: readonly Choice<T>[];
  onChange: (value: T) => void;
  disabled?: boolean;
  /** Cards below each other, or short choices in a row. */
  layout?: "row" | "cards";
}

/** One of a few choices. */
export function RadioGroup<T extends string>({ label, value, choices, onChange, disabled, layout = "row" }: Props<T>) {
  const id = useId();
  return (
    <Radix.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as T)}
      disabled={disabled}
      className={layout === "row" ? "flex flex-wrap gap-2" : "grid gap-2"}
    >
      {choices.map((choice) => (
        <label
          key={choice.value}
          htmlFor={`${id}-${choice.value}`}
          className={cn(
            "flex cursor-pointer items-start gap-2.5 rounded-lg border border-line bg-surface px-3 py-2 text-sm has-data-[state=checked]:border-primary has-data-[state=checked]:bg-primary-soft",
            (disabled || choice.disabled) && "cursor-not-allowed opacity-60",
          )}
        >
          <Radix.Item
            id={`${id}-${choice.value}`}
            value={choice.value}
            disabled={choice.disabled}
            aria-describedby={choice.hint ? `${id}-${choice.value}-hint` : undefined}
            aria-label={choice.label}
            className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-line-strong bg-surface data-[state=checked]:border-primary"
          >
            <Radix.Indicator className="size-2 rounded-full bg-primary" />
          </Radix.Item>
          <span className="grid gap-0.5">
            <span className="font-medium">{choice.label}</span>
            {choice.hint && (
              <span id={`${id}-${choice.value}-hint`} className="text-[0.8125rem] text-muted">
                {choice.hint}
              </span>
            )}
          </span>
        </label>
      ))}
    </Radix.Root>
  );
}
