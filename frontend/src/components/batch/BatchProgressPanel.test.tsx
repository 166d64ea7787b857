import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BatchProgressPanel } from "@/components/batch/BatchProgressPanel";
import { applyEvents } from "@/hooks/live-cache";
import { makeDetails, told } from "@/test/make";
import { show } from "@/test/render";
import { answers, hangs, refuses } from "@/test/server";
import type { BatchJob, BatchVideo } from "@/types/batch";

async function panel(videos: Partial<BatchVideo>[], facts: Partial<BatchJob> = {}, compact = false) {
  const batch = makeDetails(videos, facts);
  answers("get", "/api/batch-jobs/:id", told(batch));
  const view = show(<BatchProgressPanel batchJobId={batch.id} compact={compact} />);
  await screen.findByText(batch.name);
  return { ...view, batch };
}

const DONE = { status: "completed", completed_at: "2026-11-22T12:30:00Z", started_at: "2026-11-22T12:00:00Z" } as const;

const TIMES = { estimated_time_remaining: null, video_time_remaining: null };

describe("the progress of a batch", () => {
  it("shows where it will be while it is loaded", async () => {
    hangs("get", "/api/batch-jobs/:id");
    show(<BatchProgressPanel batchJobId="1" />);
    expect(await screen.findByTestId("skeleton")).toBeInTheDocument();
  });

  it("says what went wrong and tries again", async () => {
    refuses("get", "/api/batch-jobs/:id", 503, "unavailable", "Not now.");
    const { user } = show(<BatchProgressPanel batchJobId="1" />);
    await screen.findByText("Not now.");
    answers("get", "/api/batch-jobs/:id", told(makeDetails([{}])));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Season 3")).toBeInTheDocument();
  });

  it("is small at first in its compact form, and opens", async () => {
    const { user } = await panel([DONE, { status: "processing" }], { progress_percentage: 50 }, true);
    expect(screen.getByText("1 of 2 videos completed")).toBeInTheDocument();
    expect(screen.getByText(/50% · about 10 min left/)).toBeInTheDocument();
    expect(screen.queryByText("Up next")).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Show details of Season 3" }));
    expect(screen.getByText("Up next")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Hide details of Season 3" }));
    expect(screen.queryByText("Up next")).not.toBeInTheDocument();
  });

  it("shows what runs, what comes next and what was completed last", async () => {
    await panel([
      DONE,
      { status: "processing", current_stage: "removing_silence", progress_percentage: 30, name: "Running.mp4" },
      ...Array.from({ length: 7 }, (_, place) => ({ name: `Next ${place}.mp4` })),
    ]);
    expect(screen.getByRole("progressbar", { name: "Progress of Running.mp4" })).toHaveAttribute("aria-valuenow", "30");
    expect(screen.getByText(/Removing silence 30%/)).toBeInTheDocument();
    expect(screen.getByText("Next 4.mp4")).toBeInTheDocument();
    expect(screen.queryByText("Next 5.mp4")).not.toBeInTheDocument();
    expect(screen.getAllByText("episode-1.mp4").length).toBeGreaterThan(0);
  });

  it.each([
    ["pending", "Nothing is being processed."],
    ["processing", /as soon as a worker is free/],
    ["paused", "Nothing runs while the batch is paused."],
    ["completed", "Nothing is being processed."],
    ["failed", "Nothing is being processed."],
    ["cancelled", "Nothing is being processed."],
  ] as const)("says why nothing runs when it is %s", async (status, text) => {
    await panel([{}], { status });
    expect(screen.getByText(text)).toBeInTheDocument();
  });

  it("logs what happens, as it happens", async () => {
    const { client, batch } = await panel([{ status: "processing", current_stage: "removing_silence", attempt: 1 }]);
    const video = batch.videos[0] as BatchVideo;
    const live = {
      batch_id: batch.id,
      video_id: video.video_id,
      progress: 60,
      stage_percentage: 1,
      attempt: 1,
      ...TIMES,
    };
    applyEvents(client, [{ type: "progress", ...live, current_stage: "exporting" }]);
    expect(await screen.findByText(/Silence removed/)).toBeInTheDocument();
    expect(screen.getByText(/Exporting in progress/)).toBeInTheDocument();
    applyEvents(client, [{ type: "video", ...video, status: "completed", current_stage: null, revision: 2 }]);
    expect(await screen.findByText(/: Completed/)).toBeInTheDocument();
  });

  it("tells of the past of a batch that was not watched", async () => {
    await panel([DONE, { status: "failed", completed_at: "2026-11-22T12:31:00Z", error_message: "Broken" }]);
    expect(screen.getByText(/Failed: Broken/)).toBeInTheDocument();
    expect(screen.getByText(/Started/)).toBeInTheDocument();
  });

  it.each([
    ["processing", "Pause", "/pause"],
    ["paused", "Resume", "/resume"],
  ] as const)("is stopped and goes on: %s", async (status, name, path) => {
    const { user, batch } = await panel([{}], { status });
    const { videos: _, ...job } = batch;
    const asked = answers("post", `/api/batch-jobs/:id${path}`, { ...job, revision: 2 });
    await user.click(screen.getByRole("button", { name }));
    await waitFor(() => expect(asked).toHaveLength(1));
  });
});
