import { describe, expect, it } from "vitest";
import { suggestedName } from "@/lib/files";
import { formatBytes, formatDuration, formatRelative, formatRemaining, formatSpan, listed, plural } from "@/lib/format";
import { ApiError, explain } from "@/lib/problems";
import { Speedometer } from "@/lib/speed";
import { safePath } from "@/pages/SignIn";

describe("words", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1500, "1.5 kB"],
    [999_600, "1.0 MB"],
    [123_456_789, "123 MB"],
    [2_000_000_000, "2.0 GB"],
  ])("%i bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, "0:00"],
    [65, "1:05"],
    [3725, "1:02:05"],
  ])("%i seconds last %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it("rounds what is left", () => {
    expect(formatRemaining(null)).toBeNull();
    expect(formatRemaining(3)).toBe("a few seconds left");
    expect(formatRemaining(42)).toBe("about 40 s left");
    expect(formatSpan(7500)).toBe("2 h 5 min");
  });

  it("says how long ago something was", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    expect(formatRelative("2026-11-22T11:59:40Z", now)).toBe("just now");
    expect(formatRelative("2026-11-22T10:00:00Z", now)).toBe("2 hours ago");
    expect(formatRelative("2026-11-21T12:00:00Z", now)).toBe("yesterday");
    expect(formatRelative("2026-11-22T12:03:00Z", now)).toBe("in 3 minutes");
  });

  it("counts and lists", () => {
    expect(plural(1, "video")).toBe("1 video");
    expect(plural(1200, "video")).toBe("1,200 videos");
    expect(listed(["a", "b", "c"])).toBe("a, b and c");
  });

  it("finds a name for files", () => {
    const day = new Date("2026-11-22T12:00:00Z");
    const named = (...names: string[]) =>
      suggestedName(
        names.map((name) => ({ name })),
        day,
      );
    expect(named("Harbour Talks - Episode 01.mp4", "Harbour Talks - Episode 02.mp4")).toBe("Harbour Talks");
    expect(named("a.mp4", "b.mp4")).toBe("Batch of November 22");
  });

  it("has words and a next step for every kind of error", () => {
    const error = (status: number, code: string) =>
      explain(new ApiError({ status, code, detail: "Because.", retryAfterS: 90 }));
    expect(error(429, "rate_limited")).toMatchObject({ step: "wait", detail: "Because. Try again in 2 minutes." });
    expect(error(401, "unauthenticated").step).toBe("sign-in");
    expect(error(404, "not_found").step).toBe("back");
    expect(error(0, "unreachable").title).toBe("The server cannot be reached");
    expect(explain(new Error("Odd.")).detail).toBe("Odd.");
  });

  it("smooths the speed", () => {
    const meter = new Speedometer();
    for (let second = 0; second <= 20; second += 1) meter.note(second * 1000, second * 1000);
    expect(meter.speed).toBeCloseTo(1000);
    meter.note(20_000, 21_000);
    expect(meter.speed).toBeGreaterThan(700);
  });

  it.each([
    ["/batches?page=2", "/batches?page=2"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    [null, "/"],
  ])("after signing in, %s leads to %s", (next, path) => expect(safePath(next)).toBe(path));
});
