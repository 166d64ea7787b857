import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import BatchExportDialog from "@/components/batch/BatchExportDialog";
import { applyEvents } from "@/hooks/live-cache";
import { makeDetails, makeEstimate, makeExport, told } from "@/test/make";
import { show } from "@/test/render";
import { answers, hangs, refuses } from "@/test/server";
import type { BatchExport, BatchVideo } from "@/types/batch";

const OUTPUT = { key: "k", size_bytes: 100_000_000, etag: "e", crc32: 1, content_type: "video/mp4" };
const VIDEOS: Partial<BatchVideo>[] = [
  { status: "completed", output: OUTPUT },
  { status: "completed", output: OUTPUT },
  { status: "failed", error_message: "Broken", size_bytes: 50_000_000 },
];

async function dialog(earlier: BatchExport[] = []) {
  const batch = makeDetails(VIDEOS, { status: "completed", id: "batch" });
  answers("get", "/api/batch-jobs/:id", told(batch));
  answers("get", "/api/batch-jobs/:id/exports", { exports: earlier });
  const onClose = vi.fn();
  const view = show(<BatchExportDialog batchJobId={batch.id} onClose={onClose} />);
  await screen.findByText("Options");
  return { ...view, onClose, batch };
}

/** Ask for an export that the server then tells of as it is in `made`. */
async function ordered(made: BatchExport) {
  const view = await dialog();
  const asked = answers("post", "/api/batch-jobs/:id/export", { export_job_id: made.id, export: made }, 202);
  answers("get", "/api/batch-jobs/:id/exports", { exports: [made] });
  await view.user.click(screen.getByRole("button", { name: "Export ZIP" }));
  await waitFor(() => expect(asked).toHaveLength(1));
  return { ...view, asked };
}

describe("the export of a batch", () => {
  it("shows where it will be while the batch is loaded", async () => {
    hangs("get", "/api/batch-jobs/:id");
    show(<BatchExportDialog batchJobId="1" onClose={() => {}} />);
    expect(await screen.findByTestId("skeleton")).toBeInTheDocument();
  });

  it("says what went wrong", async () => {
    refuses("get", "/api/batch-jobs/:id", 503, "unavailable", "Not now.");
    show(<BatchExportDialog batchJobId="1" onClose={() => {}} />);
    expect(await screen.findByText("Not now.")).toBeInTheDocument();
  });

  it("has ZIP chosen, and shows what it will be", async () => {
    await dialog();
    expect(screen.getByRole("radio", { name: "Individual files (ZIP)" })).toBeChecked();
    const preview = within(await screen.findByLabelText("Preview"));
    expect(preview.getByText("2")).toBeInTheDocument();
    expect(preview.getByText("about 200 MB")).toBeInTheDocument();
    expect(screen.getByText(/001_one\.mp4, 002_two\.mp4/)).toBeInTheDocument();
  });

  it("asks the server what the options make of it", async () => {
    const { user } = await dialog();
    const asked = answers("post", "/api/batch-jobs/:id/export/estimate", () =>
      makeEstimate({
        videos: 3,
        size_bytes: 250_000_000,
        files: ["a", "b", "c", "d", "e"],
        left_out: [{ position: 4, name: "broken.mov", reason: "It is no video." }],
      }),
    );
    await user.click(screen.getByRole("checkbox", { name: "Include failed videos" }));
    const preview = within(await screen.findByLabelText("Preview"));
    expect(await preview.findByText("about 250 MB")).toBeInTheDocument();
    expect(preview.getByText("3")).toBeInTheDocument();
    expect(screen.getByText(/a, b, c, d and 1 more/)).toBeInTheDocument();
    expect(screen.getByText(/1 video not included: broken\.mov/)).toBeInTheDocument();
    expect(asked.at(-1)?.body).toMatchObject({ format: "zip", include_failed: true });
  });

  it("says what is wrong with a naming pattern, beside it", async () => {
    const { user } = await dialog();
    refuses("post", "/api/batch-jobs/:id/export/estimate", 422, "invalid", "The naming pattern has {nme}.");
    const field = screen.getByRole("textbox", { name: "Custom naming pattern" });
    await user.type(field, "{{nme}");
    expect(await screen.findByText("The naming pattern has {nme}.")).toBeInTheDocument();
    expect(field).toBeInvalid();
    expect(screen.getByRole("checkbox", { name: "Use original filenames" })).toBeDisabled();
  });

  it("has other options for other formats", async () => {
    const { user } = await dialog();
    await user.click(screen.getByRole("radio", { name: "Playlist (M3U8)" }));
    expect(await screen.findByText("a few KB")).toBeInTheDocument();
    expect(screen.queryByRole("textbox", { name: "Custom naming pattern" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "Merged video (single file)" }));
    expect(screen.getByRole("button", { name: "Export video" })).toBeInTheDocument();
  });

  it("exports the chosen videos only", async () => {
    const { user, batch } = await dialog();
    const made = makeExport({ status: "pending", progress: 0 });
    const asked = answers("post", "/api/batch-jobs/:id/export", { export_job_id: made.id, export: made }, 202);
    await user.click(screen.getByRole("button", { name: /Videos/ }));
    await user.click(screen.getByRole("checkbox", { name: /^1\./ }));
    expect(screen.getByText("1 of 2 chosen")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Export ZIP" }));
    await waitFor(() => expect(asked[0]?.body).toMatchObject({ video_ids: [batch.videos[1]?.video_id] }));
  });

  it("asks for what was chosen", async () => {
    const { user } = await dialog();
    const made = makeExport({ status: "pending", progress: 0 });
    const asked = answers("post", "/api/batch-jobs/:id/export", { export_job_id: made.id, export: made }, 202);
    for (const name of [
      "Include failed videos",
      "Use original filenames",
      "Add batch name prefix",
      "Leave out damaged files",
    ]) {
      await user.click(screen.getByRole("checkbox", { name }));
    }
    await user.click(screen.getByRole("button", { name: "Export ZIP" }));
    await waitFor(() =>
      expect(asked[0]?.body).toEqual({
        format: "zip",
        include_failed: true,
        original_names: true,
        batch_prefix: true,
        naming: null,
        video_ids: null,
        skip_damaged: true,
      }),
    );
  });

  it("shows how it gets on, also by live events", async () => {
    const made = makeExport({
      status: "processing",
      progress: 20,
      operation: "Adding video 5 of 20",
      download_url: null,
    });
    const { client } = await ordered(made);
    expect(await screen.findByText("Adding video 5 of 20")).toBeInTheDocument();
    expect(screen.getByText("20%")).toBeInTheDocument();
    applyEvents(client, [
      {
        type: "export_progress",
        batch_id: "batch",
        export_id: made.id,
        progress: 55,
        operation: "Adding video 11 of 20",
        remaining_s: 90,
      },
    ]);
    expect(await screen.findByText("Adding video 11 of 20")).toBeInTheDocument();
    expect(screen.getByText(/about .* left/)).toBeInTheDocument();
    applyEvents(client, [
      { type: "export", ...made, status: "completed", download_url: "http://store.test/x.zip", revision: 2 },
    ]);
    expect(await screen.findByRole("link", { name: "Download ZIP" })).toHaveAttribute(
      "href",
      "http://store.test/x.zip",
    );
  });

  it("gives the download with its size and how long it stays, and makes another", async () => {
    const { user } = await ordered(makeExport());
    expect(await screen.findByRole("link", { name: "Download ZIP" })).toBeInTheDocument();
    expect(screen.getByText(/512 MB/)).toBeInTheDocument();
    expect(screen.getByText(/Expires in 23 h/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "New export" }));
    expect(screen.getByRole("button", { name: "Export ZIP" })).toBeInTheDocument();
  });

  it("cancels", async () => {
    const made = makeExport({ status: "processing", progress: 20, operation: "Adding video 5 of 20" });
    const { user } = await ordered(made);
    const stopped = { ...made, status: "cancelled" as const, download_url: null, revision: 2 };
    const asked = answers("post", "/api/batch-jobs/:id/export/:export/cancel", stopped);
    answers("get", "/api/batch-jobs/:id/exports", { exports: [stopped] });
    await user.click(await screen.findByRole("button", { name: "Cancel export" }));
    expect(await screen.findByText("The export was cancelled")).toBeInTheDocument();
    expect(asked).toHaveLength(1);
  });

  it("says why it failed and tries again", async () => {
    const made = makeExport({ status: "failed", error_message: "The store is full.", download_url: null });
    const { user } = await ordered(made);
    const again = { ...made, status: "processing" as const, error_message: null, operation: "Preparing", revision: 2 };
    const asked = answers("post", "/api/batch-jobs/:id/export/:export/retry", again, 202);
    expect(await screen.findByText("The store is full.")).toBeInTheDocument();
    answers("get", "/api/batch-jobs/:id/exports", { exports: [again] });
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Preparing")).toBeInTheDocument();
    expect(asked[0]?.path).toContain(made.id);
  });

  it("names what was left out", async () => {
    const left_out = [{ position: 2, name: "two.mov", reason: "Its stored file is missing." }];
    await ordered(makeExport({ left_out }));
    expect(await screen.findByText("1 video left out")).toBeInTheDocument();
    expect(screen.getByText("two.mov: Its stored file is missing.")).toBeInTheDocument();
  });

  it("makes an expired one anew from the history", async () => {
    const made = makeExport({ status: "expired", download_url: null });
    const { user } = await dialog([made]);
    const asked = answers("post", "/api/batch-jobs/:id/export/:export/retry", { ...made, status: "processing" }, 202);
    await user.click(await screen.findByRole("button", { name: "Make anew" }));
    await waitFor(() => expect(asked[0]?.path).toContain(made.id));
  });

  it("says why it was refused", async () => {
    const { user } = await dialog();
    refuses(
      "post",
      "/api/batch-jobs/:id/export",
      409,
      "conflict",
      "This batch is processing; export it when it has ended.",
    );
    await user.click(screen.getByRole("button", { name: "Export ZIP" }));
    expect(await screen.findByText(/export it when it has ended/)).toBeInTheDocument();
  });

  it.each([
    ["completed", "Download"],
    ["failed", "Failed"],
    ["expired", "Expired"],
    ["processing", "Packing"],
    ["pending", "Waiting"],
    ["cancelled", "Cancelled"],
  ] as const)("lists an earlier export that is %s", async (status, text) => {
    await dialog([makeExport({ status, download_url: status === "completed" ? "http://store.test/x.zip" : null })]);
    const list = within(await screen.findByRole("list", { name: "Previous exports" }));
    expect(list.getByText(text)).toBeInTheDocument();
  });

  it("closes", async () => {
    const { user, onClose } = await dialog();
    await user.click(screen.getAllByRole("button", { name: "Close" })[0] as HTMLElement);
    expect(onClose).toHaveBeenCalled();
  });
});
