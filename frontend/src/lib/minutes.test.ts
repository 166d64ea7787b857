import { expect, test } from "vitest";
import { needOf, needOfBatch } from "@/lib/minutes";
import { makeVideo } from "@/test/make";

test.each([
  [
    "all lengths are known",
    [
      [10, 60],
      [10, 120],
    ],
    { minutes: 3, about: false },
  ],
  [
    "one is not, and taken to be like the others of its size",
    [
      [10, 60],
      [30, null],
    ],
    { minutes: 4, about: true },
  ],
  [
    "one is not, and neither are sizes",
    [
      [0, 60],
      [0, null],
    ],
    { minutes: 1, about: true },
  ],
  ["there is nothing", [], { minutes: 0, about: false }],
  ["none is", [[10, null]], { minutes: null, about: true }],
] as [string, [number, number | null][], ReturnType<typeof needOf>][])("%s", (_, videos, need) => {
  expect(needOf(videos.map(([bytes, seconds]) => ({ bytes, seconds })))).toEqual(need);
});

test("a file that was refused needs nothing", () => {
  const videos = [makeVideo({ duration_s: 600 }), makeVideo({ status: "failed", duration_s: null })];
  expect(needOfBatch(videos)).toEqual({ minutes: 10, about: false });
});
