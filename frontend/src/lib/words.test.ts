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

  const refused = (status: number, code: string) =>
    explain(new ApiError({ status, code, detail: "Because.", retryAfterS: 90 }));

  it.each([
    [0, "unreachable", "The server cannot be reached", "retry"],
    [401, "unauthenticated", "You are signed out", "sign-in"],
    [403, "forbidden", "That is not allowed", "back"],
    [403, "quota", "Your plan's limit is reached", "limits"],
    [404, "not_found", "This does not exist any more", "back"],
    [409, "conflict", "That is not possible right now", "change"],
    [413, "too_large", "That is too large", "change"],
    [422, "invalid", "Something needs to be corrected", "change"],
    [429, "rate_limited", "Too many tries in a short time", "wait"],
    [503, "unavailable", "A part of the server is busy", "retry"],
    [507, "out_of_space", "The server has no space left", "wait"],
    [500, "internal", "Something went wrong", "retry"],
  ])("has words and a next step for %i %s", (status, code, title, step) => {
    expect(refused(status, code)).toMatchObject({ title, step });
    expect(refused(status, code).detail).toContain("Because.");
  });

  it("says how long to wait, and shows an error of the page itself as it is", () => {
    expect(refused(429, "rate_limited").detail).toBe("Because. Try again in 2 minutes.");
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
