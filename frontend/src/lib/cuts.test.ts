import { describe, expect, it } from "vitest";
import {
  cutsAfter,
  editing,
  lengthAfter,
  moment,
  onOutput,
  onSource,
  sameEdits,
  skipTo,
  sparedBy,
  turned,
  withEdit,
} from "@/lib/cuts";
import { makeCuts } from "@/test/make";
import type { CutEdit, Stretch } from "@/types/batch";

const edit = (action: CutEdit["action"], start_s: number, end_s: number): CutEdit => ({ action, start_s, end_s });
const silence = (start_s: number, end_s: number): Stretch => ({ start_s, end_s, why: "silence" });
const byHand = (start_s: number, end_s: number): Stretch => ({ start_s, end_s, why: "by_hand" });
const AUTOMATIC = [silence(2, 4), silence(6, 8)];

describe("edits of cuts", () => {
  it("count where they contradict earlier ones, and neighbours become one", () => {
    const edits = withEdit([edit("cut", 1, 5)], edit("keep", 2, 3));
    expect(edits).toEqual([edit("cut", 1, 2), edit("keep", 2, 3), edit("cut", 3, 5)]);
    expect(withEdit(edits, edit("cut", 2, 3))).toEqual([edit("cut", 1, 5)]);
    expect(sameEdits(withEdit([], edit("cut", 1, 2)), [edit("cut", 1, 2.0001)])).toBe(true);
  });

  it("are applied to what is cut by itself", () => {
    const edits = [edit("keep", 3, 5), edit("cut", 7, 9)];
    expect(cutsAfter(AUTOMATIC, edits)).toEqual([silence(2, 3), silence(6, 8), byHand(8, 9)]);
    expect(sparedBy(AUTOMATIC, edits)).toEqual([byHand(3, 4)]);
    expect(lengthAfter(makeCuts({ source_s: 10 }), cutsAfter(AUTOMATIC, edits))).toBe(6);
  });

  it("turn a cut round, and back to what it was", () => {
    const kept = turned([], silence(2, 4), "keep");
    expect(cutsAfter(AUTOMATIC, kept)).toEqual([silence(6, 8)]);
    expect(turned(kept, byHand(2, 4), "cut")).toEqual([]);
    expect(turned([edit("cut", 8, 9)], byHand(8, 9), "keep")).toEqual([]);
  });

  it("are undone and done again", () => {
    const [one, two] = [[edit("cut", 1, 2)], [edit("cut", 3, 4)]];
    let state = editing(editing({ now: [], before: [], after: [] }, { to: one }), { to: two });
    state = editing(editing(state, "undo"), "undo");
    expect(state.now).toEqual([]);
    expect(editing(state, "undo")).toBe(state);
    state = editing(state, "redo");
    expect([state.now, state.after]).toEqual([one, [two]]);
    expect(editing(state, { load: two })).toEqual({ now: two, before: [], after: [] });
  });
});

describe("places", () => {
  it("are found in the result and in the original", () => {
    for (const [source, output] of [
      [1, 1],
      [2, 2],
      [5, 3],
      [9, 5],
    ] as const) {
      expect(onOutput(AUTOMATIC, source)).toBe(output);
    }
    expect(onOutput(AUTOMATIC, 3)).toBe(2);
    expect(onSource(AUTOMATIC, 3)).toBe(5);
    expect(onSource(AUTOMATIC, 5)).toBe(9);
  });

  it("that are cut are left out when it is played", () => {
    expect([1, 2, 3.5, 4, 7].map((at) => skipTo(AUTOMATIC, at))).toEqual([1, 4, 4, 4, 8]);
    expect(skipTo([silence(2, 4), silence(4, 5)], 3)).toBe(5);
  });

  it("are read to the tenth of a second", () => {
    expect([0, 9.96, 62.34, 3725.5].map(moment)).toEqual(["0:00.0", "0:10.0", "1:02.3", "1:02:05.5"]);
  });
});
