import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BatchJobDetails } from "@/components/batch/BatchJobDetails";
import { DEFAULT_SETTINGS } from "@/lib/settings";
import { makeDetails, makeReport, told } from "@/test/make";
import { show } from "@/test/render";
import { answers } from "@/test/server";
import type { BatchVideo } from "@/types/batch";

async function ended(videos: Partial<BatchVideo>[]) {
  const batch = makeDetails(videos, { status: "completed", completed_at: "2026-11-22T21:00:00Z" });
  answers("get", "/api/batch-jobs/:id", told(batch));
  answers("get", "/api/batch-jobs/:id/report", { ...makeReport(batch) });
  const view = show(<BatchJobDetails batchJobId={batch.id} />);
  await screen.findByRole("heading", { name: batch.name, level: 1 });
  return { ...view, batch };
}

describe("a batch that has ended", () => {
  it("tells what was saved, what failed and what to do", async () => {
    const { user } = await ended([{ status: "completed" }, { status: "failed", error_message: "It is damaged." }]);
    const title = await screen.findByRole("button", { name: /^Report/ });
    expect(title).toHaveTextContent("7 min saved in 1 video, 1 failed");
    await user.click(title);
    expect(screen.getByText("30:34")).toBeInTheDocument();
    expect(screen.getByText(/It is damaged. Upload it again./)).toBeInTheDocument();
  });

  it("has a video rendered again with changed settings, and not with the same", async () => {
    const { user, batch } = await ended([{ status: "completed", output_video_url: "/x" }]);
    const { videos, ...job } = batch;
    const asked = answers("post", "/api/batch-jobs/:id/videos/:video/render", { ...job, status: "processing" }, 202);
    await user.click(screen.getByRole("button", { name: `Actions for ${videos[0]?.name}` }));
    await user.click(await screen.findByRole("menuitem", { name: /Render again/ }));
    const again = await screen.findByRole("button", { name: "Render again" });
    expect(again).toBeDisabled();
    await user.click(screen.getByRole("checkbox", { name: /Remove silence/ }));
    await user.click(again);
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.path).toContain(videos[0]?.video_id);
    expect(asked[0]?.body).toEqual({
      settings: { ...batch.settings, remove_silence: !DEFAULT_SETTINGS.remove_silence },
    });
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });
});
