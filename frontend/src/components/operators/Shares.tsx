import { cn } from "@/lib/cn";

interface Share {
  id: string;
  label: string;
  count: number;
}

interface Props {
  label: string;
  shares: readonly Share[];
  /** The one that is chosen, if one can be. */
  chosen?: string | null;
  onChoose?: (id: string | null) => void;
}

/** How often each of several things occurs, as bars; with `onChoose` each is a button that filters. */
export function Shares({ label, shares, chosen, onChoose }: Props) {
  const most = Math.max(1, ...shares.map(({ count }) => count));
  return (
    <ul className="grid gap-2" aria-label={label}>
      {shares.map(({ id, label: name, count }) => {
        const content = (
          <>
            <span className="flex justify-between gap-3">
              <span className="break-words">{name}</span>
              <span className="numbers">{count.toLocaleString("en")}</span>
            </span>
            <span className="mt-1 block h-1.5 rounded-full bg-sunken">
              <span className="block h-full rounded-full bg-primary" style={{ width: `${(100 * count) / most}%` }} />
            </span>
          </>
        );
        return (
          <li key={id} className="text-sm">
            {onChoose ? (
              <button
                type="button"
                aria-pressed={chosen === id}
                className={cn(
                  "block w-full rounded-lg px-2 py-1.5 text-left hover:bg-sunken",
                  chosen === id && "bg-primary-soft hover:bg-primary-soft",
                )}
                onClick={() => onChoose(chosen === id ? null : id)}
              >
                {content}
              </button>
            ) : (
              content
            )}
          </li>
        );
      })}
    </ul>
  );
}
