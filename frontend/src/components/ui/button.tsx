import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps, MouseEvent } from "react";
import { cn } from "@/lib/cn";

const button = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 aria-busy:pointer-events-none aria-busy:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "bg-primary text-on-primary hover:bg-primary-hover",
        outline: "border border-line bg-surface text-foreground hover:bg-sunken",
        ghost: "text-foreground hover:bg-sunken",
        danger: "bg-bad-bar text-white hover:opacity-90 dark:text-[#2b0906]",
        link: "text-primary underline-offset-4 hover:underline",
      },
      size: {
        default: "h-9 px-4 text-sm",
        small: "h-8 px-3 text-[0.8125rem]",
        large: "h-11 px-6 text-base",
        icon: "size-9",
        "icon-small": "size-8",
        inline: "h-auto p-0 text-sm",
      },
    },
    defaultVariants: { variant: "primary", size: "default" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof button> {
  asChild?: boolean;
  /** Shows a spinner and takes no clicks. */
  busy?: boolean;
}

export function Button({ className, variant, size, asChild, busy, children, onClick, ...props }: ButtonProps) {
  const classes = cn(button({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root className={classes} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  }
  // Not `disabled`: the browser would take the focus away, and whoever uses the keyboard would have to find back.
  const press = busy ? (event: MouseEvent) => event.preventDefault() : onClick;
  return (
    <button
      type="button"
      className={classes}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={press}
      {...props}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
