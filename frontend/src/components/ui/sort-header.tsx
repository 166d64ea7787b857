import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { TableHeader } from "@/components/ui/table";

interface Props {
  name: string;
  label: string;
  /** The order now: a name, with `-` in front for descending. */
  sort: string;
  onSort: (sort: string) => void;
  descendingFirst?: boolean;
  className?: string;
}

/** The head of a column by which a table can be sorted. */
export function SortHeader({ name, label, sort, onSort, descendingFirst, className }: Props) {
  const order = sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;
  const first = descendingFirst ? `-${name}` : name;
  const next = order === undefined ? first : order === "ascending" ? `-${name}` : name;
  const Icon = order === "ascending" ? ArrowUp : order === "descending" ? ArrowDown : ChevronsUpDown;
  return (
    <TableHeader aria-sort={order ?? "none"} className={className}>
      <button
        type="button"
        className="-mx-1 inline-flex items-center gap-1.5 rounded px-1 hover:text-foreground aria-pressed:text-foreground"
        aria-pressed={order !== undefined}
        onClick={() => onSort(next)}
      >
        {label}
        <Icon className="size-3.5" aria-hidden />
      </button>
    </TableHeader>
  );
}
