import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { BatchHighlightList } from "@/components/batch/BatchHighlightList";
import { HighlightTimeline } from "@/components/batch/HighlightTimeline";
import { DEFAULT_SETTINGS } from "@/lib/settings";
import { makeHighlight, makeJob } from "@/test/make";
import { show } from "@/test/render";
import { answers } from "@/test/server";
import type { Highlight } from "@/types/batch";

function timeline(highlights: Highlight[], notes: string[] = []) {
  const onSeek = vi.fn<(seconds: number) => void>();
  const of = { sensitivity: "high" as const, highlights, notes };
  return { ...show(<HighlightTimeline of={of} timeline="output" duration={20} at={5} onSeek={onSeek} />), onSeek };
}

describe("highlights of a video", () => {
  it("lie along its length, with their reasons, and play", async () => {
    const { user, onSeek } = timeline([makeHighlight()]);
    const item = within(screen.getByRole("list", { name: "Highlights" }));
    expect(item.getByText("Says “answer”")).toBeInTheDocument();
    await user.click(item.getByRole("button", { name: "Play the highlight at 0:10" }));
    expect(onSeek).toHaveBeenCalledWith(10);
    const mark = screen.getByTestId("highlight-bar").firstElementChild;
    expect(mark).toHaveStyle({ left: "50%", width: "20%" });
  });

  it("say when there are none, and what could not be looked for", () => {
    timeline([], ["There is no transcript."]);
    expect(screen.getByText(/Nothing stood out/)).toBeInTheDocument();
    expect(screen.getByText("There is no transcript.")).toBeInTheDocument();
  });
});

describe("highlights of a batch", () => {
  it("lead to the video, where they are heard", async () => {
    const ranked = { rank: 1, video_id: "v", video_name: "one.mp4", highlight: makeHighlight() };
    answers("get", "/api/batch-jobs/:id/highlights", { highlights: [ranked], total: 1 });
    const batch = makeJob({ id: "b", settings: { ...DEFAULT_SETTINGS, detect_highlights: true } });
    const { user } = show(<BatchHighlightList batch={batch} />);
    await user.click(await screen.findByRole("button", { name: /Highlights/ }));
    expect(screen.getByRole("link", { name: "one.mp4 at 0:10" })).toHaveAttribute("href", "/videos/v?batch=b&t=10");
  });
});
