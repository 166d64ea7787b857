import { ChevronRight } from "lucide-react";
import { Collapsible as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface Props {
  title: ReactNode;
  /** Shown beside the title, also while closed. */
  aside?: ReactNode;
  defaultOpen?: boolean;
  className?: string;
  children: ReactNode;
}

/** A part that opens and closes under its title. */
export function Collapsible({ title, aside, defaultOpen, className, children }: Props) {
  return (
    <Radix.Root defaultOpen={defaultOpen} className={className}>
      <Radix.Trigger className="group flex w-full items-center gap-2 rounded-md py-1 text-left font-medium text-sm">
        <ChevronRight className="size-4 shrink-0 text-muted transition-transform group-data-[state=open]:rotate-90" />
        <span className="shrink-0">{title}</span>
        {aside && <span className="ml-1 truncate font-normal text-[0.8125rem] text-muted">{aside}</span>}
      </Radix.Trigger>
      <Radix.Content className={cn("pt-3 data-[state=open]:animate-in data-[state=open]:fade-in-0")}>
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
