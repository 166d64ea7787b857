import { screen, waitFor, within } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { Operators } from "@/pages/Operators";
import { makeId, makeJob, makeMe } from "@/test/make";
import { makeEntry, makeFailure, makeQueue, makeQueued, makeUser, makeWorker } from "@/test/make-people";
import { address, pick, show } from "@/test/render";
import { answers, refuses } from "@/test/server";
import type { User } from "@/types/people";

const eve = makeUser();

/** A page as an operator sees it. */
async function open(path: string, users: User[] = [eve]) {
  answers("get", "/api/me", makeMe({ role: "operator" }));
  answers("get", "/api/admin/users", { users, total: users.length });
  const shown = show(
    <Routes>
      <Route path="/operators/:concern?/:id?" element={<Operators />} />
    </Routes>,
    path,
  );
  await screen.findByRole("heading", { name: "Operation" });
  return shown;
}

it("refuses whoever is no operator, and asks the server for nothing", async () => {
  answers("get", "/api/me", makeMe());
  const asked = answers("get", "/api/admin/workers", {});
  show(
    <Routes>
      <Route path="/operators/:concern?" element={<Operators />} />
    </Routes>,
    "/operators/workers",
  );
  expect(await screen.findByText("This is for those who run the installation")).toBeInTheDocument();
  expect(asked).toHaveLength(0);
});

describe("users", () => {
  it("are found by their email, plan and role", async () => {
    const { user } = await open("/operators");
    const asked = answers("get", "/api/admin/users", { users: [], total: 0 });
    await user.type(screen.getByRole("searchbox", { name: "Search accounts" }), "eve");
    await screen.findByText("No such account");
    await pick(user, "Filter by plan", "Pro");
    await waitFor(() => expect(asked.at(-1)?.path).toBe("/api/admin/users?search=eve&tier=pro&limit=20&offset=0"));
    expect(address()).toBe("/operators/users?search=eve&tier=pro");
  });

  it("get another plan or role only after asking", async () => {
    const { user } = await open(`/operators/users/${eve.id}`);
    const changed = answers("patch", "/api/admin/users/:id", { ...eve, tier: "pro" });
    await screen.findByRole("heading", { name: eve.email });
    await pick(user, "Plan", "Pro");
    const question = await screen.findByRole("alertdialog", { name: `Give ${eve.email} the plan Pro?` });
    await user.click(within(question).getByRole("button", { name: "Leave it" }));
    await pick(user, "Plan", "Pro");
    expect(changed).toHaveLength(0);
    await user.click(await screen.findByRole("button", { name: "Set plan" }));
    await waitFor(() => expect(changed.map(({ body }) => body)).toEqual([{ tier: "pro" }]));
    await pick(user, "Role", "Operator");
    await user.click(await screen.findByRole("button", { name: "Make operator" }));
    await waitFor(() => expect(changed[1]?.body).toEqual({ role: "operator" }));
  });

  it("are signed out, and their batches are looked at only when that is wanted", async () => {
    const { user } = await open(`/operators/users/${eve.id}`);
    const out = answers("post", "/api/admin/users/:id/sign-out", {}, 204);
    const seen = answers("get", "/api/admin/users/:id/batch-jobs", {
      batch_jobs: [makeJob()],
      total: 1,
      by_status: {},
    });
    await user.click(await screen.findByRole("button", { name: "Sign out everywhere" }));
    await user.click(await screen.findByRole("button", { name: "Sign out" }));
    await waitFor(() => expect(out).toHaveLength(1));
    expect(seen).toHaveLength(0);
    await user.click(screen.getByRole("button", { name: "Show their batches" }));
    await screen.findByText("Season 3");
    refuses("post", "/api/admin/refunds", 404, "not_found", "There is nothing to refund.");
    await user.click(screen.getByRole("button", { name: "Refund Season 3" }));
    await user.click(await screen.findByRole("button", { name: "Refund" }));
    await screen.findByText("There is nothing to refund.");
    const refunded = answers("post", "/api/admin/refunds", { lines: [{ minutes: 12.5 }], next_after: null }, 201);
    await user.click(screen.getByRole("button", { name: "Refund Season 3" }));
    await user.click(await screen.findByRole("button", { name: "Refund" }));
    await screen.findByText("12.5 minutes of “Season 3” given back");
    expect(refunded).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  it("cannot take the role from themselves, and one that is not there is said to be gone", async () => {
    const self = makeUser({ id: makeMe().id, role: "operator" });
    const { unmount } = await open(`/operators/users/${self.id}`, [self]);
    expect(await screen.findByRole("combobox", { name: "Role" })).toBeDisabled();
    unmount();
    await open(`/operators/users/${makeId()}`, []);
    await screen.findByText("There is no such account");
  });
});

describe("the installation", () => {
  it("shows who works on what", async () => {
    const running = {
      id: makeId(),
      kind: "video",
      batch_job_id: makeId(),
      user_id: eve.id,
      name: "episode-1.mp4",
      stage: "transcribing",
      attempt: 2,
      since: "2026-11-22T12:00:00Z",
      lease_until: null,
    };
    answers("get", "/api/admin/workers", {
      workers: [makeWorker({ running: [running] as never }), makeWorker({ worker: "gone", slots: null, alive: false })],
      waiting_videos: 7,
      waiting_users: 1,
    } as never);
    await open("/operators/workers");
    const work = await screen.findByRole("list", { name: "In the hands of processor-1" });
    expect(work).toHaveTextContent("episode-1.mp4TranscribingAttempt 2");
    expect(await within(work).findByRole("link", { name: eve.email })).toHaveAttribute(
      "href",
      `/operators/users/${eve.id}`,
    );
    expect(screen.getByText("Videos in work").nextSibling).toHaveTextContent("1 of 2");
    expect(screen.getByText("Not heard of")).toBeInTheDocument();
  });

  it("shows whose turn it is", async () => {
    const users = [makeQueued({ user_id: eve.id }), makeQueued({ running: 3, video_name: "late.mp4" })];
    answers("get", "/api/admin/queue", makeQueue(users) as never);
    await open("/operators/queue");
    const [first, second] = within(await screen.findByRole("list", { name: "Turns" })).getAllByRole("listitem");
    expect(first).toHaveTextContent("4 videos waiting, 0 of 3 in work");
    expect(first).not.toHaveTextContent("At their limit");
    expect(second).toHaveTextContent("At their limit");
    expect(screen.getByText("Videos that wait").nextSibling).toHaveTextContent("8");
    expect(screen.getByText("Priority 6")).toBeInTheDocument();
  });

  it("shows what failed, by reason and page after page", async () => {
    answers("get", "/api/admin/analytics", {
      totals: { videos_failed: 3, videos_completed: 97 },
      success_rate: 0.97,
      average_wait_s: 61.5,
      failures: [
        { name: "failed_permanently", count: 2 },
        { name: "quota", count: 1 },
      ],
    });
    const asked = answers("get", "/api/admin/failures", ({ path }) =>
      path.includes("after=")
        ? { failures: [makeFailure({ name: "older.mp4" })], next_after: null }
        : { failures: [makeFailure({ user_id: eve.id })], next_after: "x y" },
    );
    const { user } = await open("/operators/failures");
    const list = await screen.findByRole("list", { name: "Failures" });
    expect(list).toHaveTextContent("The file is damaged: no picture can be read.");
    await within(list).findByRole("link", { name: eve.email });
    await user.click(screen.getByRole("button", { name: "Show older failures" }));
    await screen.findByText("older.mp4");
    await user.click(screen.getByRole("button", { name: /Minutes of the month used up/ }));
    await waitFor(() => expect(asked.at(-1)?.path).toContain("code=quota"));
    expect(address()).toBe("/operators/failures?reason=quota");
    expect(screen.getByText("97 %")).toBeInTheDocument();
  });

  it("shows everybody's audit log, or that of one account", async () => {
    const asked = answers("get", "/api/admin/audit-log", { entries: [makeEntry()], before: null });
    const { user } = await open(`/operators/audit-log?user=${eve.id}`);
    await screen.findByRole("heading", { name: `Audit log of ${eve.email}` });
    expect(asked[0]?.path).toBe(`/api/admin/audit-log?user_id=${eve.id}`);
    await user.click(screen.getByRole("button", { name: "Of everybody" }));
    await waitFor(() => expect(asked.at(-1)?.path).toBe("/api/admin/audit-log"));
    expect(await screen.findByRole("listitem")).toHaveTextContent("Signed in · ada@example.com");
  });

  it("shows what will be deleted", async () => {
    const deletion = {
      batch_job_id: makeId(),
      user_id: eve.id,
      name: "Season 1",
      status: "completed",
      ended_at: "2026-10-25T05:00:00Z",
      videos: 20,
      stored_bytes: 12_000_000,
      announced: true,
      in_use: false,
      delete_at: "2026-11-24T05:00:00Z",
    };
    const asked = answers("get", "/api/admin/retention", ({ path }) =>
      path.endsWith("days=30")
        ? { batches: 600, stored_bytes: 7_000_000_000, deletions: [deletion] }
        : { batches: 0, stored_bytes: 0, deletions: [] },
    );
    const { user } = await open("/operators/retention");
    await screen.findByText("Nothing will be deleted");
    await pick(user, "Period", "Within 30 days");
    expect(await screen.findByText("Season 1")).toBeInTheDocument();
    expect(screen.getByText("Announced")).toBeInTheDocument();
    expect(screen.getByText("7.0 GB")).toBeInTheDocument();
    expect(screen.getByText("The first 1 are shown.")).toBeInTheDocument();
    expect(asked).toHaveLength(2);
  });
});
