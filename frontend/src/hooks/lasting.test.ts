import { renderHook } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { useLasting } from "@/hooks/lasting";

describe("a link that is signed anew with every answer", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("stays as it is for the same file, and follows to another one", () => {
    const { result, rerender } = renderHook(useLasting, { initialProps: "/a.mp4?signature=1" as string | null });
    rerender("/a.mp4?signature=2");
    expect(result.current).toBe("/a.mp4?signature=1");
    rerender("/b.mp4?signature=3");
    expect(result.current).toBe("/b.mp4?signature=3");
    rerender(null);
    expect(result.current).toBeNull();
  });

  it("is replaced before it expires", () => {
    vi.useFakeTimers();
    const { result, rerender } = renderHook(useLasting, { initialProps: "/a.mp4?signature=1" as string | null });
    vi.advanceTimersByTime(21 * 3600 * 1000);
    rerender("/a.mp4?signature=2");
    expect(result.current).toBe("/a.mp4?signature=2");
  });
});
