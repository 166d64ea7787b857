import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { BatchJobsList } from "@/components/batch/BatchJobsList";
import { NewBatchContext } from "@/hooks/new-batch";
import { makeJob } from "@/test/make";
import { address, pick, show } from "@/test/render";
import { answers, hangs, refuses } from "@/test/server";
import type { BatchJob } from "@/types/batch";

function page(jobs: BatchJob[], total = jobs.length) {
  const by_status = Object.fromEntries(jobs.map((job) => [job.status, total]));
  return { batch_jobs: jobs, total, by_status };
}

/** Rows for wide screens; the cards for phones are there too, only hidden by their style. */
async function table() {
  await waitFor(() => expect(document.querySelector("table [data-row]")).not.toBeNull());
  return within(screen.getByRole("table"));
}

describe("the list of batches", () => {
  it("shows where batches will be while they are loaded", async () => {
    hangs("get", "/api/batch-jobs");
    show(<BatchJobsList />);
    expect((await screen.findAllByTestId("skeleton")).length).toBe(5);
  });

  it("invites to create the first batch", async () => {
    answers("get", "/api/batch-jobs", page([]));
    const newBatch = vi.fn();
    const { user } = show(
      <NewBatchContext value={newBatch}>
        <BatchJobsList />
      </NewBatchContext>,
    );
    expect(await screen.findByText("No batch jobs yet")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Create batch" }));
    expect(newBatch).toHaveBeenCalled();
  });

  it("tells a filter without results from an empty list, and the way back", async () => {
    answers("get", "/api/batch-jobs", ({ path }) =>
      path.includes("status=failed")
        ? { batch_jobs: [], total: 0, by_status: { completed: 1 } }
        : page([makeJob({ status: "completed" })]),
    );
    const { user } = show(<BatchJobsList />, "/?status=failed");
    expect(await screen.findByText("No batch is failed")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Show all batches" }));
    expect((await table()).getByText("Season 3")).toBeInTheDocument();
  });

  it("says what went wrong and tries again", async () => {
    refuses("get", "/api/batch-jobs", 503, "unavailable", "The scheduler does not answer just now.");
    const { user } = show(<BatchJobsList />);
    expect(await screen.findByText("The scheduler does not answer just now.")).toBeInTheDocument();
    answers("get", "/api/batch-jobs", page([makeJob()]));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect((await table()).getByText("Season 3")).toBeInTheDocument();
  });

  it.each([
    ["pending", "Not started"],
    ["processing", "Processing"],
    ["paused", "Paused"],
    ["completed", "Completed"],
    ["failed", "Failed"],
    ["cancelled", "Cancelled"],
  ] as const)("shows a batch that is %s as %s", async (status, label) => {
    answers("get", "/api/batch-jobs", page([makeJob({ status })]));
    show(<BatchJobsList />);
    const badge = (await table()).getByText(label);
    expect(badge).toHaveAttribute("data-status", status);
  });

  it("shows progress, settings, failures and age of each batch", async () => {
    const created_at = new Date(Date.now() - 2 * 3600_000).toISOString();
    answers("get", "/api/batch-jobs", page([makeJob({ failed_videos: 2, created_at, description: "All of it" })]));
    show(<BatchJobsList />);
    const rows = await table();
    expect(rows.getByText("15/20 videos (75%)")).toBeInTheDocument();
    expect(rows.getByText("2 failed")).toBeInTheDocument();
    expect(rows.getByText("Remove silence, 1080p MP4")).toBeInTheDocument();
    expect(rows.getByText("All of it")).toBeInTheDocument();
    expect(rows.getByText("2 hours ago")).toHaveAttribute("title");
    expect(rows.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "75");
  });

  it("sorts, filters and pages through the address", async () => {
    const asked = answers("get", "/api/batch-jobs", page([makeJob({ status: "failed" })], 45));
    const { user } = show(<BatchJobsList />);
    await user.click((await table()).getByRole("button", { name: "Name" }));
    await waitFor(() => expect(asked.at(-1)?.path).toContain("sort=name"));
    expect(address()).toBe("/?sort=name");
    await pick(user, "Filter by status", /^Failed/);
    await waitFor(() => expect(asked.at(-1)?.path).toContain("status=failed"));
    await user.click(await screen.findByRole("button", { name: "Next page" }));
    await waitFor(() => expect(asked.at(-1)?.path).toContain("offset=20"));
    expect(address()).toBe("/?sort=name&status=failed&page=2");
    expect(screen.getByText("Page 2 of 3")).toBeInTheDocument();
  });

  it("opens a batch, or tells who asked", async () => {
    const job = makeJob();
    answers("get", "/api/batch-jobs", page([job]));
    const onJobClick = vi.fn();
    const { user } = show(<BatchJobsList onJobClick={onJobClick} />);
    await user.click((await table()).getByRole("link", { name: "Season 3" }));
    expect(onJobClick).toHaveBeenCalledWith(job);
    await user.click((await table()).getByRole("button", { name: "Actions for Season 3" }));
    await user.click(await screen.findByRole("menuitem", { name: "View details" }));
    expect(onJobClick).toHaveBeenCalledTimes(2);
  });

  it("moves between batches with the arrow keys", async () => {
    answers("get", "/api/batch-jobs", page([makeJob({ name: "One" }), makeJob({ name: "Two" })]));
    const { user } = show(<BatchJobsList />);
    const rows = await table();
    rows.getByRole("link", { name: "One" }).focus();
    await user.keyboard("{ArrowDown}");
    expect(rows.getByRole("link", { name: "Two" })).toHaveFocus();
  });

  it.each([
    ["pending", "Start processing", "start", "processing"],
    ["processing", "Pause", "pause", "paused"],
    ["paused", "Resume", "resume", "processing"],
  ] as const)("does what is chosen for a batch that is %s: %s", async (status, item, path, after) => {
    const job = makeJob({ status });
    answers("get", "/api/batch-jobs", page([job]));
    const next = { ...job, status: after, revision: 2 };
    const asked = answers(
      "post",
      `/api/batch-jobs/:id/${path}`,
      path === "start" ? { job_id: "1", batch_job: next } : next,
    );
    const { user } = show(<BatchJobsList />);
    await user.click((await table()).getByRole("button", { name: /Actions/ }));
    answers("get", "/api/batch-jobs", page([next]));
    await user.click(await screen.findByRole("menuitem", { name: item }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect((await table()).getByText(after === "paused" ? "Paused" : "Processing")).toBeInTheDocument();
  });

  it("retries what failed", async () => {
    const job = makeJob({ status: "completed", failed_videos: 2 });
    answers("get", "/api/batch-jobs", page([job]));
    const asked = answers("post", "/api/batch-jobs/:id/retry-failed", { ...job, status: "processing", revision: 2 });
    const { user } = show(<BatchJobsList />);
    await user.click((await table()).getByRole("button", { name: /Actions/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Retry failed" }));
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(await screen.findByText("2 videos will be tried again")).toBeInTheDocument();
  });

  it.each([
    ["processing", "Cancel batch", "post", "/cancel"],
    ["completed", "Delete", "delete", ""],
  ] as const)("asks before it destroys: %s, %s", async (status, item, method, path) => {
    const job = makeJob({ status });
    answers("get", "/api/batch-jobs", page([job]));
    const asked = answers(
      method,
      `/api/batch-jobs/:id${path}`,
      { ...job, status: "cancelled" },
      method === "delete" ? 204 : 200,
    );
    const { user } = show(<BatchJobsList />);
    await user.click((await table()).getByRole("button", { name: /Actions/ }));
    await user.click(await screen.findByRole("menuitem", { name: item }));
    const dialog = within(await screen.findByRole("alertdialog"));
    expect(asked).toHaveLength(0);
    await user.click(dialog.getByRole("button", { name: item === "Delete" ? "Delete batch" : "Cancel batch" }));
    await waitFor(() => expect(asked).toHaveLength(1));
  });

  it("opens the export", async () => {
    const job = makeJob({ status: "completed" });
    answers("get", "/api/batch-jobs", page([job]));
    answers("get", "/api/batch-jobs/:id", { batch_job: job, videos: [] });
    const { user } = show(<BatchJobsList />);
    await user.click((await table()).getByRole("button", { name: /Actions/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Export" }));
    expect(await screen.findByRole("dialog", { name: "Export" })).toBeInTheDocument();
  });

  it("takes back what the server refused, and says why", async () => {
    const job = makeJob();
    answers("get", "/api/batch-jobs", page([job]));
    refuses("post", "/api/batch-jobs/:id/pause", 409, "conflict", "This batch is completed already.");
    const { user } = show(<BatchJobsList />);
    await user.click((await table()).getByRole("button", { name: /Actions/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Pause" }));
    expect(await screen.findByText("This batch is completed already.")).toBeInTheDocument();
    expect((await table()).getByText("Processing")).toBeInTheDocument();
  });

  it("shows a name with markup as text", async () => {
    answers("get", "/api/batch-jobs", page([makeJob({ name: "<img src=x onerror=alert(1)>" })]));
    show(<BatchJobsList />);
    expect((await table()).getByText("<img src=x onerror=alert(1)>")).toBeInTheDocument();
    expect(document.querySelector("img")).toBeNull();
  });
});
