import type { ReactNode } from "react";
import { Table } from "@/components/ui/table";

interface Props {
  label: string;
  className?: string;
  children: ReactNode;
}

/** A table that scrolls by itself where there is no room for it; reachable with the keyboard for that. */
export function WideTable({ label, className, children }: Props) {
  return (
    // Placed, so that what is for screen readers alone scrolls with it and does not make the page wider.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls has to be reached to be scrolled
    <section aria-label={label} tabIndex={0} className="relative overflow-auto">
      <Table className={className}>{children}</Table>
    </section>
  );
}
