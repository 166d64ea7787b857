import { useEffect, useState } from "react";
import { durationOf, identity } from "@/lib/files";

/** How long files are in seconds, by their identities, found out one after the other; null for those that do not tell. */
export function useDurations(files: readonly File[]): ReadonlyMap<string, number | null> {
  const [known, setKnown] = useState<ReadonlyMap<string, number | null>>(new Map());
  const next = files.find((file) => !known.has(identity(file)));
  useEffect(() => {
    if (!next) return;
    let left = false;
    void durationOf(next).then((seconds) => {
      if (!left) setKnown((was) => new Map(was).set(identity(next), seconds));
    });
    return () => {
      left = true;
    };
  }, [next]);
  return known;
}
