import { ScrollArea as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface Props {
  label: string;
  className?: string;
  children: ReactNode;
}

/** A part of the page that scrolls by itself, also with the keyboard. */
export function ScrollArea({ label, className, children }: Props) {
  return (
    <Radix.Root className={cn("relative overflow-hidden", className)} type="hover">
      <Radix.Viewport tabIndex={0} role="group" aria-label={label} className="size-full max-h-[inherit] [&>div]:block!">
        {children}
      </Radix.Viewport>
      <Radix.Scrollbar orientation="vertical" className="flex w-2 touch-none select-none p-0.5">
        <Radix.Thumb className="flex-1 rounded-full bg-line-strong/60" />
      </Radix.Scrollbar>
    </Radix.Root>
  );
}
