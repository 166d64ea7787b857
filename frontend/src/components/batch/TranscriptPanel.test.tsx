import { screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { TranscriptPanel } from "@/components/batch/TranscriptPanel";
import type { Timeline } from "@/lib/transcript";
import { makeTranscript } from "@/test/make";
import { show } from "@/test/render";

function panel(at = 0, timeline: Timeline = "output") {
  const onSeek = vi.fn<(seconds: number) => void>();
  const of = makeTranscript("Hello and welcome.", "What is the best answer?");
  return { ...show(<TranscriptPanel of={of} timeline={timeline} at={at} onSeek={onSeek} />), onSeek };
}

const lines = () => within(screen.getByRole("list", { name: "Sentences" })).getAllByRole("listitem");

describe("the transcript beside the player", () => {
  it("follows it to the sentence and the word", () => {
    panel(4.6);
    const [first, second] = lines();
    expect(first).not.toHaveAttribute("aria-current");
    expect(second).toHaveAttribute("aria-current", "true");
    expect(screen.getByText("is")).toHaveClass("underline");
    expect(screen.getByText("best")).not.toHaveClass("underline");
  });

  it("follows the original on the original's times", () => {
    panel(4.6, "source");
    expect(lines()[0]).toHaveAttribute("aria-current", "true");
  });

  it("plays from a sentence or a word that is clicked", async () => {
    const { user, onSeek } = panel();
    await user.click(screen.getByRole("button", { name: "Play from 0:04" }));
    expect(onSeek).toHaveBeenLastCalledWith(4);
    await user.click(screen.getByText("best"));
    expect(onSeek).toHaveBeenLastCalledWith(5.5);
  });

  it("finds what is searched for, and says how often", async () => {
    const { user } = panel();
    await user.type(screen.getByRole("searchbox", { name: "Search in the transcript" }), "BEST answer");
    expect(lines()).toHaveLength(1);
    expect(screen.getByText("1 sentence found")).toBeInTheDocument();
    expect(screen.getByText("best").tagName).toBe("MARK");
    await user.type(screen.getByRole("searchbox"), " never");
    expect(screen.getByText(/Nothing that is said/)).toBeInTheDocument();
  });

  it("offers every kind of file", () => {
    panel();
    const group = within(screen.getByRole("group", { name: "Download the transcript" }));
    expect(group.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
      "/srt",
      "/vtt",
      "/txt",
      "/json",
    ]);
  });
});
