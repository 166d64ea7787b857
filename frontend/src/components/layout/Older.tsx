import type { RefObject } from "react";
import { Button } from "@/components/ui/button";

interface Props {
  /** The list that grows; each of its entries can have the focus. */
  list: RefObject<HTMLElement | null>;
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  label: string;
}

/** Adds the next page to the end of a list, and goes on reading there. */
export function Older({ list, query, label }: Props) {
  if (!query.hasNextPage) return null;
  const more = async () => {
    const seen = list.current?.children.length ?? 0;
    await query.fetchNextPage();
    requestAnimationFrame(() => (list.current?.children[seen] as HTMLElement | undefined)?.focus());
  };
  return (
    <div className="flex justify-center border-line border-t px-5 py-3">
      <Button variant="outline" size="small" busy={query.isFetchingNextPage} onClick={more}>
        {label}
      </Button>
    </div>
  );
}
