import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BatchJobDetails } from "@/components/batch/BatchJobDetails";
import { applyEvents } from "@/hooks/live-cache";
import { makeDetails, makeExport, told } from "@/test/make";
import { address, choose, pick, show } from "@/test/render";
import { answers, hangs, refuses } from "@/test/server";
import type { BatchJob, BatchVideo } from "@/types/batch";

async function opened(videos: Partial<BatchVideo>[], facts: Partial<BatchJob> = {}) {
  const batch = makeDetails(videos, facts);
  answers("get", "/api/batch-jobs/:id", told(batch));
  const view = show(<BatchJobDetails batchJobId={batch.id} />);
  await screen.findByRole("heading", { name: batch.name, level: 1 });
  return { ...view, batch };
}

const stat = (name: string) => screen.getAllByText(name, { selector: "dt" })[0]?.parentElement as HTMLElement;

describe("one batch", () => {
  it("shows where it will be while it is loaded", async () => {
    hangs("get", "/api/batch-jobs/:id");
    show(<BatchJobDetails batchJobId="1" />);
    expect(await screen.findByTestId("skeleton")).toBeInTheDocument();
  });

  it("leads back when it does not exist", async () => {
    refuses("get", "/api/batch-jobs/:id", 404, "not_found", "There is no such batch.");
    show(<BatchJobDetails batchJobId="1" />);
    expect(await screen.findByText("There is no such batch.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "To the dashboard" })).toBeInTheDocument();
  });

  it("says what went wrong and tries again", async () => {
    refuses("get", "/api/batch-jobs/:id", 503, "unavailable", "The scheduler does not answer.");
    const { user } = show(<BatchJobDetails batchJobId="1" />);
    await screen.findByText("The scheduler does not answer.");
    answers("get", "/api/batch-jobs/:id", told(makeDetails([{}])));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { level: 1 })).toHaveTextContent("Season 3");
  });

  it("shows numbers, times and a large progress bar", async () => {
    await opened([{ status: "completed" }, { status: "failed", error_message: "No" }, { status: "processing" }, {}], {
      description: "All of it",
      progress_percentage: 62,
    });
    expect(stat("Videos")).toHaveTextContent("4");
    expect(stat("Completed")).toHaveTextContent("1");
    expect(stat("Failed")).toHaveTextContent("1");
    expect(stat("Pending")).toHaveTextContent("2");
    expect(screen.getByText("62%")).toBeInTheDocument();
    expect(screen.getByRole("progressbar", { name: "Progress of the batch" })).toHaveAttribute("aria-valuenow", "62");
    expect(screen.getByText("All of it")).toBeInTheDocument();
    expect(screen.getByText(/about 10 min left/)).toBeInTheDocument();
    expect(screen.getByText(/Estimated completion/)).toBeInTheDocument();
  });

  it.each([
    ["pending", "Ready to start", ["Start processing"]],
    ["processing", /left/, ["Pause"]],
    ["paused", /Paused/, ["Resume"]],
    ["completed", "Finished", ["Export"]],
    ["failed", "Failed", []],
    ["cancelled", "Cancelled", []],
  ] as const)("offers what is possible when it is %s", async (status, headline, buttons) => {
    await opened([{ status: "completed" }], { status });
    expect(screen.getAllByText(headline).length).toBeGreaterThan(0);
    for (const name of buttons) expect(screen.getAllByRole("button", { name }).length).toBeGreaterThan(0);
  });

  it("shows all settings when they are opened", async () => {
    const { user } = await opened([{}]);
    await user.click(screen.getByRole("button", { name: /^Settings/ }));
    expect(screen.getByText("-40 dB")).toBeInTheDocument();
    expect(screen.getByText("Aspect kept")).toBeInTheDocument();
  });

  it("follows live events", async () => {
    const { client, batch } = await opened([{ status: "processing", current_stage: "removing_silence", attempt: 1 }]);
    const video_id = batch.videos[0]?.video_id as string;
    applyEvents(client, [
      {
        type: "progress",
        batch_id: batch.id,
        video_id,
        progress: 66,
        current_stage: "exporting",
        stage_percentage: 5,
        attempt: 1,
        estimated_time_remaining: 300,
        video_time_remaining: 60,
      },
    ]);
    expect(await screen.findByText("Exporting…")).toBeInTheDocument();
    expect(screen.getAllByText("66%").length).toBeGreaterThan(0);
    expect(screen.getByText("about 5 min left")).toBeInTheDocument();
  });

  it.each([
    ["Pause", "processing", "/pause"],
    ["Resume", "paused", "/resume"],
    ["Start processing", "pending", "/start"],
  ] as const)("does it: %s", async (name, status, path) => {
    const { user, batch } = await opened([{}], { status });
    const { videos: _, ...job } = batch;
    const asked = answers(
      "post",
      `/api/batch-jobs/:id${path}`,
      path === "/start" ? { job_id: "1", batch_job: job } : job,
    );
    await user.click(screen.getByRole("button", { name }));
    await waitFor(() => expect(asked).toHaveLength(1));
  });

  it.each([
    ["Cancel batch", "processing", "post", "/cancel", "Cancel batch"],
    ["Delete", "completed", "delete", "", "Delete batch"],
  ] as const)("asks before it destroys: %s", async (item, status, method, path, confirm) => {
    const { user, batch } = await opened([{ status: "completed" }], { status });
    const asked = answers(method, `/api/batch-jobs/:id${path}`, batch, method === "delete" ? 204 : 200);
    await choose(user, "More actions", item);
    await user.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: confirm }));
    await waitFor(() => expect(asked).toHaveLength(1));
    if (item === "Delete") await waitFor(() => expect(address()).toBe("/batches"));
  });

  it("is duplicated, and the copy is opened", async () => {
    const { user } = await opened([{ status: "completed" }], { status: "completed" });
    answers("post", "/api/batch-jobs/:id/duplicate", told(makeDetails([{}], { id: "copy" })), 201);
    await choose(user, "More actions", "Duplicate");
    await waitFor(() => expect(address()).toBe("/batches/copy"));
  });

  it("is renamed", async () => {
    const { user, batch } = await opened([{}]);
    const { videos: _, ...job } = batch;
    const asked = answers("patch", "/api/batch-jobs/:id", { ...job, name: "Season 4", revision: 2 });
    await user.click(screen.getByRole("button", { name: "Rename" }));
    const name = await screen.findByRole("textbox", { name: "Name" });
    await user.clear(name);
    expect(screen.getByText("Give the batch a name.")).toBeInTheDocument();
    await user.type(name, "Season 4");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(asked[0]?.body).toEqual({ name: "Season 4", description: "" }));
  });

  it("retries selected failed videos together", async () => {
    const failed = { status: "failed", error_message: "Broken" } as const;
    const { user, batch } = await opened([failed, failed, { status: "completed" }], { status: "completed" });
    const asked = answers("post", "/api/batch-jobs/:id/retry-failed", batch);
    await user.click(screen.getByRole("checkbox", { name: "Select all videos" }));
    const bar = within(screen.getByRole("toolbar", { name: "Selected videos" }));
    expect(bar.getByText("3 selected")).toBeInTheDocument();
    await user.click(bar.getByRole("button", { name: "Retry 2" }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toEqual({ video_ids: batch.videos.slice(0, 2).map((video) => video.video_id) });
  });

  it("removes selected videos together, after a question", async () => {
    const { user, batch } = await opened([{}, {}, {}], { status: "pending" });
    const asked = answers("post", "/api/batch-jobs/:id/remove-videos", told(batch));
    await user.click(screen.getByRole("checkbox", { name: "Select episode-1.mp4" }));
    await user.click(screen.getByRole("checkbox", { name: "Select episode-3.mp4" }));
    await user.click(screen.getByRole("button", { name: "Remove 2" }));
    await user.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toEqual({ video_ids: [batch.videos[0]?.video_id, batch.videos[2]?.video_id] });
  });

  it("shows why a video failed, and tries it again from there", async () => {
    const { user, batch } = await opened([{ status: "failed", error_message: "The sound is damaged." }], {
      status: "failed",
    });
    const asked = answers("post", "/api/batch-jobs/:id/retry-failed", batch);
    await choose(user, /^Actions for episode/, "View error");
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText("The sound is damaged.")).toBeInTheDocument();
    await user.click(dialog.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(asked[0]?.body).toEqual({ video_ids: [batch.videos[0]?.video_id] }));
  });

  it("moves between videos with the arrows", async () => {
    const { user } = await opened([{}, {}]);
    const details = screen.getAllByRole("button", { name: /^Details of/ });
    details[0]?.focus();
    await user.keyboard("{ArrowDown}");
    expect(details[1]).toHaveFocus();
    await user.keyboard("{ArrowUp}{Enter}");
    expect(details[0]).toHaveAttribute("aria-expanded", "true");
  });

  it("opens a video", async () => {
    const { user, batch } = await opened([{}]);
    await choose(user, /^Actions for episode/, "View video");
    expect(address()).toBe(`/videos/${batch.videos[0]?.video_id}?batch=${batch.id}`);
  });

  it("lets the order be changed only before the start", async () => {
    await opened([{}, {}], { status: "pending" });
    expect(screen.getByRole("button", { name: "Move episode-1.mp4" })).toBeInTheDocument();
  });

  it("has exports once it has ended", async () => {
    answers("get", "/api/batch-jobs/:id/exports", { exports: [makeExport()] });
    const { user } = await opened([{ status: "completed" }], { status: "completed" });
    expect(await screen.findByText("Season 3.zip")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute("href", "http://store.test/season-3.zip");
    await pick(user, "Export format", "Individual files (ZIP)");
    await user.click(screen.getByRole("button", { name: "Export all" }));
    expect(await screen.findByRole("dialog", { name: "Export" })).toBeInTheDocument();
  });
});
