/** Cut lists and their edits: what is cut, what a person changed of it, and where the waveform shows it. */
import type { CutEdit, Stretch, VideoCuts } from "@/types/batch";

export interface Span {
  start_s: number;
  end_s: number;
}

const TINY_S = 0.001;

export const REASONS: Record<Stretch["why"], string> = {
  silence: "Silence",
  not_speech: "Not speech",
  speech: "Somebody speaks",
  word: "A word",
  by_hand: "By hand",
};

/** The spans without what others take of them. */
export function without<T extends Span>(spans: readonly T[], taken: readonly Span[]): T[] {
  let left = [...spans];
  for (const { start_s, end_s } of taken) {
    left = left.flatMap((span) => [
      ...(span.start_s < start_s ? [{ ...span, end_s: Math.min(span.end_s, start_s) }] : []),
      ...(span.end_s > end_s ? [{ ...span, start_s: Math.max(span.start_s, end_s) }] : []),
    ]);
  }
  return left.filter((span) => span.end_s - span.start_s > TINY_S);
}

/** The edits with one more, which counts where it contradicts others; neighbours that want the same become one. */
export function withEdit(edits: readonly CutEdit[], edit: CutEdit): CutEdit[] {
  const found: CutEdit[] = [];
  for (const one of [...without(edits, [edit]), edit].sort((a, b) => a.start_s - b.start_s)) {
    const last = found.at(-1);
    if (last && last.action === one.action && one.start_s - last.end_s < TINY_S) last.end_s = one.end_s;
    else found.push({ ...one });
  }
  return found;
}

/** What is cut after these edits, in order. */
export function cutsAfter(automatic: readonly Stretch[], edits: readonly CutEdit[]): Stretch[] {
  const keep = edits.filter((edit) => edit.action === "keep");
  const byHand = edits
    .filter((edit) => edit.action === "cut")
    .map(({ start_s, end_s }): Stretch => ({ start_s, end_s, why: "by_hand" }));
  return [...without(automatic, keep), ...without(byHand, automatic)].sort((a, b) => a.start_s - b.start_s);
}

/** What a person saved from being cut. */
export function sparedBy(automatic: readonly Stretch[], edits: readonly CutEdit[]): Stretch[] {
  const left = without(
    automatic,
    edits.filter((edit) => edit.action === "keep"),
  );
  return without(automatic, left).map((span) => ({ ...span, why: "by_hand" }));
}

/** The edits that keep what is cut, or cut again what a person kept. */
export function turned(edits: readonly CutEdit[], stretch: Stretch, action: CutEdit["action"]): CutEdit[] {
  // What was only ever changed by hand goes back to what it was.
  if (stretch.why === "by_hand") return without(edits, [stretch]);
  return withEdit(edits, { start_s: stretch.start_s, end_s: stretch.end_s, action });
}

/** Seconds of the result. */
export function lengthAfter(of: VideoCuts, cuts: readonly Span[]): number {
  return of.source_s - cuts.reduce((sum, cut) => sum + cut.end_s - cut.start_s, 0);
}

/** Where playing goes on: a moment that is cut leads to the end of its cut. */
export function skipTo(cuts: readonly Span[], at: number): number {
  let place = at;
  for (const cut of cuts) if (place >= cut.start_s - TINY_S && place < cut.end_s - TINY_S) place = cut.end_s;
  return place;
}

/** Where in the result a moment of the original is, and the other way round. */
export function onOutput(cuts: readonly Span[], at: number): number {
  return at - cuts.reduce((sum, cut) => sum + Math.max(0, Math.min(at, cut.end_s) - cut.start_s), 0);
}
export function onSource(cuts: readonly Span[], at: number): number {
  let place = at;
  for (const cut of cuts) if (place >= cut.start_s) place += cut.end_s - cut.start_s;
  return place;
}

/** Seconds as they are read to the tenth: `1:02.3`. */
export function moment(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const rest = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  const minutes = Math.floor(tenths / 600);
  const shown = minutes >= 60 ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` : `${minutes}`;
  return `${shown}:${rest}.${tenths % 10}`;
}

export interface Edits {
  now: readonly CutEdit[];
  before: readonly (readonly CutEdit[])[];
  after: readonly (readonly CutEdit[])[];
}

type Change = { to: readonly CutEdit[] } | { load: readonly CutEdit[] } | "undo" | "redo";

/** The next state of edits that are being made. */
export function editing(state: Edits, change: Change): Edits {
  const { now, before, after } = state;
  if (change === "undo") {
    const last = before.at(-1);
    return last ? { now: last, before: before.slice(0, -1), after: [now, ...after] } : state;
  }
  if (change === "redo") {
    const [next, ...rest] = after;
    return next ? { now: next, before: [...before, now], after: rest } : state;
  }
  if ("load" in change) return { now: change.load, before: [], after: [] };
  return { now: change.to, before: [...before, now], after: [] };
}

/** Whether two lists of edits ask for the same. */
export function sameEdits(some: readonly CutEdit[], others: readonly CutEdit[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, place) => {
      const other = others[place];
      return (
        other?.action === one.action &&
        Math.abs(other.start_s - one.start_s) < TINY_S &&
        Math.abs(other.end_s - one.end_s) < TINY_S
      );
    })
  );
}
