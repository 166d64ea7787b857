import { screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { BatchVideoRow } from "@/components/batch/BatchVideoRow";
import { makeVideo } from "@/test/make";
import { choose, show } from "@/test/render";
import type { BatchVideo } from "@/types/batch";

function row(facts: Partial<BatchVideo>, props: Partial<Parameters<typeof BatchVideoRow>[0]> = {}) {
  const onAction = vi.fn();
  const video = makeVideo(facts);
  const view = show(<BatchVideoRow batchVideo={video} onAction={onAction} {...props} />);
  return { ...view, onAction, video };
}

describe("a video of a batch", () => {
  it.each([
    ["pending", "Waiting"],
    ["uploading", "Uploading"],
    ["processing", "Processing"],
    ["completed", "Completed"],
    ["failed", "Failed"],
    ["cancelled", "Cancelled"],
  ] as const)("that is %s says so: %s", (status, label) => {
    const { container } = row({ status });
    expect(container.querySelector(`[data-status=${status}]`)).toHaveTextContent(label);
    expect(container.querySelector(`[data-state=${status}]`)).toBeInTheDocument();
  });

  it("shows its position, name, length and size", () => {
    row({ position: 7, name: "Finale.mp4", duration_s: 3725, size_bytes: 1_500_000_000 });
    expect(screen.getAllByText("#7").length).toBeGreaterThan(0);
    expect(screen.getByText("Finale.mp4")).toBeInTheDocument();
    expect(screen.getByText(/1:02:05 · 1.5 GB/)).toBeInTheDocument();
  });

  it("shows its thumbnail when there is one", () => {
    const { container } = row({}, { thumbnail: "http://store.test/picture.jpg" });
    expect(container.querySelector("img")).toHaveAttribute("src", "http://store.test/picture.jpg");
  });

  it("shows stage and percentage while it is processed, and the stages around it", () => {
    row(
      { status: "processing", current_stage: "removing_silence", progress_percentage: 45 },
      { stages: ["removing_silence", "exporting"] },
    );
    expect(screen.getByText("Removing silence…")).toBeInTheDocument();
    expect(screen.getByText("45%")).toBeInTheDocument();
    expect(screen.getByRole("progressbar", { name: /Progress of/ })).toHaveAttribute("aria-valuenow", "45");
    expect(screen.getByText("Removing silence: under way")).toBeInTheDocument();
    expect(screen.getByText("Exporting: to come")).toBeInTheDocument();
  });

  it("shows how much of it has been uploaded", () => {
    row({ status: "uploading", progress_percentage: 30, uploaded_at: null });
    expect(screen.getByText("30%")).toBeInTheDocument();
  });

  it.each([
    [{ uploaded_at: null }, "Waits for its file"],
    [{ duration_s: null }, "Being checked"],
    [{ next_try_at: "2026-11-22T12:01:00Z" }, "Will be tried again soon"],
    [{}, "In the queue"],
  ])("says what it waits for", (facts, text) => {
    row({ status: "pending", ...facts });
    expect(screen.getByText(text)).toBeInTheDocument();
  });

  it("tells why it failed, how often it was tried, and offers to try again", async () => {
    const { user, onAction, video } = row({ status: "failed", error_message: "The sound is damaged.", retry_count: 2 });
    expect(screen.getByText("The sound is damaged.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Error: The sound is damaged." })).toBeInTheDocument();
    expect(screen.getByText(/Retry 2\/3/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(onAction).toHaveBeenCalledWith("retry", video);
  });

  it("offers no retry for a file that was refused", () => {
    row({ status: "failed", uploaded_at: null, error_message: "Not a video." });
    expect(screen.queryByRole("button", { name: "Retry" })).not.toBeInTheDocument();
  });

  it("offers the result and tells how long it took when it is completed", async () => {
    const { user, onAction, video } = row({
      status: "completed",
      started_at: "2026-11-22T12:00:00Z",
      completed_at: "2026-11-22T12:04:00Z",
      output_video_url: "http://store.test/out.mp4",
    });
    expect(screen.getByText(/processed in 4 min/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: /^Download/ }));
    expect(onAction).toHaveBeenCalledWith("download", video);
  });

  it.each([
    [{ status: "pending" }, "View video", "view"],
    [{ status: "failed", error_message: "x" }, "View error", "error"],
    [{ status: "failed", error_message: "x" }, "Retry", "retry"],
    [{ status: "pending" }, "Remove", "remove"],
    [{ status: "pending", uploaded_at: null }, "Choose file", "upload"],
    [{ status: "completed", output_video_url: "http://store.test/out.mp4" }, "Download", "download"],
  ] as const)("has the action in its menu: %j %s", async (facts, item, action) => {
    const { user, onAction, video } = row(facts, { removable: true });
    await choose(user, /^Actions for/, item);
    expect(onAction).toHaveBeenCalledWith(action, video);
  });

  it("opens its details on a click on the row, and with the keyboard", async () => {
    const { user } = row({ status: "completed", attempt: 2 });
    const button = screen.getByRole("button", { name: /^Details of/ });
    await user.click(screen.getByText("episode-1.mp4"));
    expect(button).toHaveAttribute("aria-expanded", "true");
    expect(screen.getByText("Tries")).toBeInTheDocument();
    button.focus();
    await user.keyboard("{Enter}");
    expect(button).toHaveAttribute("aria-expanded", "false");
  });

  it("can be selected", async () => {
    const onSelect = vi.fn();
    const { user } = row({}, { onSelect });
    await user.click(screen.getByRole("checkbox", { name: "Select episode-1.mp4" }));
    expect(onSelect).toHaveBeenCalledWith(true);
  });

  it("has a handle only where the order can be changed", () => {
    row({}, { handle: {} });
    expect(screen.getByRole("button", { name: "Move episode-1.mp4" })).toBeInTheDocument();
  });

  it("shows a name with markup as text", () => {
    row({ name: "<img src=x onerror=alert(1)>.mp4" });
    expect(screen.getByText("<img src=x onerror=alert(1)>.mp4")).toBeInTheDocument();
    expect(document.querySelector("img[src=x]")).toBeNull();
  });
});
