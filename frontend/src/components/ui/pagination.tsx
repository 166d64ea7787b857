import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "@/components/ui/button";

interface Props {
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
}

/** Which part of a long list is shown, and the way to the others. */
export function Pagination({ page, size, total, onPage }: Props) {
  const pages = Math.max(1, Math.ceil(total / size));
  if (pages === 1) return null;
  const turn = (next: number) => {
    onPage(next);
    // A page is read from its top.
    document.documentElement.scrollTop = 0;
  };
  return (
    <nav aria-label="Pages" className="mt-4 flex items-center justify-between gap-3 text-sm">
      <p className="numbers text-muted">
        {(page - 1) * size + 1}–{Math.min(page * size, total)} of {total.toLocaleString("en")}
      </p>
      <div className="flex items-center gap-2">
        <Button
          variant="outline"
          size="icon-small"
          aria-label="Previous page"
          disabled={page <= 1}
          onClick={() => turn(page - 1)}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <span className="numbers">
          Page {page} of {pages}
        </span>
        <Button
          variant="outline"
          size="icon-small"
          aria-label="Next page"
          disabled={page >= pages}
          onClick={() => turn(page + 1)}
        >
          <ChevronRight aria-hidden />
        </Button>
      </div>
    </nav>
  );
}
