import { useState } from "react";

/** Links to files are valid for a day, longer than anybody watches; a page that stands open longer gets newer ones. */
const LASTS_MS = 20 * 3600 * 1000;

interface Held {
  url: string | null;
  since: number;
}

/**
 * A link to a file, kept for as long as it is the same file. Each answer signs its links anew, and a player that is given
 * another one begins again.
 */
export function useLasting(url: string | null): string | null {
  const [held, hold] = useState<Held>({ url, since: Date.now() });
  if (held.url !== url && (fileOf(held.url) !== fileOf(url) || Date.now() - held.since > LASTS_MS)) {
    hold({ url, since: Date.now() });
    return url;
  }
  return held.url;
}

/** What stands before the signature. */
function fileOf(url: string | null): string | undefined {
  return url?.split("?", 1)[0];
}
