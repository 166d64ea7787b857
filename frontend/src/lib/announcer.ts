/** What a screen reader is told, a little at a time, so that it does not chatter. */
import { createStore } from "@/lib/store";

export const announcement = createStore("");

const EVERY_MS = 8000;
let waiting: string | null = null;
let quietUntil = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

/** Say something politely; of what comes too fast only the newest is said. `now` is for answers to a keystroke. */
export function announce(text: string, when: "soon" | "now" = "soon"): void {
  const wait = when === "now" ? 0 : quietUntil - Date.now();
  if (wait <= 0) {
    say(text);
    return;
  }
  waiting = text;
  if (timer) return;
  timer = setTimeout(() => {
    timer = null;
    if (waiting !== null) say(waiting);
  }, wait);
}

function say(text: string): void {
  waiting = null;
  quietUntil = Date.now() + EVERY_MS;
  // The same text twice is not a change, and would not be read.
  announcement.set((was) => (was === text ? `${text}\u00a0` : text));
}
