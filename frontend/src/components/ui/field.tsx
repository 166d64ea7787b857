import { Label as RadixLabel } from "radix-ui";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

const box =
  "w-full rounded-lg border border-line-strong/60 bg-surface px-3 text-sm text-foreground placeholder:text-muted disabled:opacity-50 aria-invalid:border-bad";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(box, "h-9", className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(box, "min-h-18 py-2", className)} {...props} />;
}

export function Label({ className, ...props }: ComponentProps<typeof RadixLabel.Root>) {
  return <RadixLabel.Root className={cn("font-medium text-sm", className)} {...props} />;
}

interface FieldProps {
  label: ReactNode;
  /** What is wrong with the value; read out with the field. */
  error?: string | null;
  hint?: ReactNode;
  className?: string;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
}

/** A label, its control, and below it a hint or what is wrong. */
export function Field({ label, error, hint, className, children }: FieldProps) {
  const id = useId();
  const told = error || hint;
  return (
    <div className={cn("grid content-start gap-1.5", className)}>
      <Label htmlFor={id}>{label}</Label>
      {children({ id, "aria-describedby": told ? `${id}-told` : undefined, "aria-invalid": error ? true : undefined })}
      {told && (
        <p id={`${id}-told`} className={cn("text-[0.8125rem]", error ? "text-bad" : "text-muted")}>
          {told}
        </p>
      )}
    </div>
  );
}
