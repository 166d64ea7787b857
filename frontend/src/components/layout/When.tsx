import { useNow } from "@/hooks/now";
import { formatAbsolute, formatRelative } from "@/lib/format";

/** A moment as people say it; the exact time shows on hover. */
export function When({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatAbsolute(at)} className={className}>
      {formatRelative(at, now)}
    </time>
  );
}
