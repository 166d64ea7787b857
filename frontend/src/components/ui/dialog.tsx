import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

interface Props extends Omit<ComponentProps<typeof Radix.Content>, "title"> {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  size?: "normal" | "wide";
}

/** A dialog: full height on a phone, a panel in the middle elsewhere; its body scrolls, its ends stay. */
export function Dialog({ open, onOpenChange, title, description, footer, size, className, children, ...props }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/45 data-[state=closed]:animate-out data-[state=open]:animate-in data-[state=closed]:fade-out-0 data-[state=open]:fade-in-0" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "fixed inset-x-0 bottom-0 z-50 flex max-h-[94dvh] flex-col rounded-t-2xl border border-line bg-surface shadow-float outline-none data-[state=closed]:animate-out data-[state=open]:animate-in data-[state=closed]:fade-out-0 data-[state=open]:fade-in-0 data-[state=open]:slide-in-from-bottom-4 sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:max-h-[88dvh] sm:w-[calc(100vw-3rem)] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl",
            size === "wide" ? "sm:max-w-3xl" : "sm:max-w-lg",
            className,
          )}
          {...props}
        >
          <header className="border-line border-b py-4 pr-14 pl-5 sm:pl-6">
            <Radix.Title className="font-semibold text-lg leading-snug">{title}</Radix.Title>
            {description && <Radix.Description className="mt-0.5 text-muted text-sm">{description}</Radix.Description>}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 py-5 sm:px-6">{children}</div>
          {footer && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-5 py-3.5 pb-[max(0.875rem,env(safe-area-inset-bottom))] sm:px-6">
              {footer}
            </footer>
          )}
          {/* Last, so that the focus begins with what the dialog is about. */}
          <Radix.Close
            aria-label="Close"
            className="absolute top-3.5 right-4 grid size-8 place-items-center rounded-lg text-muted hover:bg-sunken hover:text-foreground"
          >
            <X className="size-4" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
