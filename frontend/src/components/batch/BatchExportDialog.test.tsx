import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import BatchExportDialog from "@/components/batch/BatchExportDialog";
import { applyEvents } from "@/hooks/live-cache";
import { makeDetails, makeExport, told } from "@/test/make";
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
    const preview = within(screen.getByLabelText("Preview"));
    expect(preview.getByText("2")).toBeInTheDocument();
    expect(preview.getByText("about 200 MB")).toBeInTheDocument();
  });

  it("shows what cannot be chosen yet, and why", async () => {
    await dialog();
    expect(screen.getByRole("radio", { name: "Merged video (single file)" })).toBeDisabled();
    expect(screen.getByText("Comes with merged exports")).toBeInTheDocument();
    expect(screen.getByRole("radio", { name: "Playlist (M3U8)" })).toBeDisabled();
    expect(screen.getByRole("textbox", { name: "Custom naming pattern" })).toBeDisabled();
  });

  it("counts failed videos when they are to be included", async () => {
    const { user } = await dialog();
    await user.click(screen.getByRole("checkbox", { name: "Include failed videos" }));
    const preview = within(screen.getByLabelText("Preview"));
    expect(preview.getByText("3")).toBeInTheDocument();
    expect(preview.getByText("about 250 MB")).toBeInTheDocument();
  });

  it("asks for what was chosen", async () => {
    const { user } = await dialog();
    const made = makeExport({ status: "pending", progress: 0 });
    const asked = answers("post", "/api/batch-jobs/:id/export", { export_job_id: made.id, export: made }, 202);
    for (const name of ["Include failed videos", "Use original filenames", "Add batch name prefix"]) {
      await user.click(screen.getByRole("checkbox", { name }));
    }
    await user.click(screen.getByRole("button", { name: "Export ZIP" }));
    await waitFor(() =>
      expect(asked[0]?.body).toEqual({ format: "zip", include_failed: true, original_names: true, batch_prefix: true }),
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
      },
    ]);
    expect(await screen.findByText("Adding video 11 of 20")).toBeInTheDocument();
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

  it("says why it failed and tries again", async () => {
    const { user, asked } = await ordered(
      makeExport({ status: "failed", error_message: "The store is full.", download_url: null }),
    );
    expect(await screen.findByText("The store is full.")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(asked).toHaveLength(2));
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
