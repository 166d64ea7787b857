import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { Usage } from "@/pages/Usage";
import { makeLine, makeMonth, makeUsage } from "@/test/make-insight";
import { address, show } from "@/test/render";
import { answers, refuses } from "@/test/server";

beforeEach(() => {
  answers("get", "/api/usage", makeUsage());
  answers("get", "/api/usage/storage", {
    videos: 20,
    videos_bytes: 14_680_064_000,
    results_bytes: 1_000_000_000,
    exports_bytes: 0,
  });
  answers("get", "/api/usage/months", { months: [makeMonth(), makeMonth({ month: "2026-10-01", minutes_used: 7 })] });
  answers("get", "/api/usage/deletions", { batches: 0, stored_bytes: 0, deletions: [] });
  answers("get", "/api/usage/ledger", { lines: [], next_after: null });
});

/** The value beside a term. */
function told(term: string): string | undefined {
  const terms = screen.getAllByRole("term").filter((node) => node.textContent === term);
  return terms[0]?.nextElementSibling?.textContent ?? undefined;
}

test("minutes are told apart in words, and the plan's limits with what is in use", async () => {
  const { container } = show(<Usage />);
  expect(await screen.findByText("Minutes of November 2026")).toBeVisible();
  expect([told("Used"), told("Held"), told("Left")]).toEqual(["1,500 min", "300 min", "1,200 min"]);
  const widths = ["Used", "Held", "Left"].map(
    (part) => container.querySelector<HTMLElement>(`[data-part=${part}]`)?.style.width,
  );
  expect(widths).toEqual(["50%", "10%", "40%"]);
  expect([told("Open batches"), told("Videos at the same time")]).toEqual(["1 of 10", "3 of 3"]);
  expect(await screen.findByText("15.7 GB in all")).toBeVisible();
  expect(told("Results")).toBe("1.0 GB");
});

test("what is deleted next is listed with its day", async () => {
  const deletion = {
    batch_job_id: "old",
    user_id: "user",
    name: "Season 1",
    status: "completed",
    ended_at: "2026-10-25T05:00:00Z",
    videos: 12,
    stored_bytes: 2_000_000_000,
    announced: true,
    in_use: false,
    delete_at: "2026-11-24T05:00:00Z",
  };
  answers("get", "/api/usage/deletions", { batches: 7, stored_bytes: 1, deletions: [deletion] });
  show(<Usage />);
  const next = await screen.findByRole("list", { name: "Deleted next" });
  expect(within(next).getByRole("link", { name: "Season 1" })).toHaveAttribute("href", "/batches/old");
  expect(next).toHaveTextContent(/12 videos, 2.0 GB.*Announced.*November 24, 2026/);
  expect(screen.getByText(/deleted 30 days after its end/)).toBeVisible();
  expect(screen.getByText("And 2 batches later.")).toBeVisible();
});

test("the ledger is read page by page, back and forth, and can be had as a file by month", async () => {
  const asked = answers("get", "/api/usage/ledger", ({ path }) =>
    path.includes("after=there")
      ? { lines: [makeLine({ kind: "release", balance_minutes: -30, batch_name: null })], next_after: null }
      : { lines: [makeLine(), makeLine({ kind: "settle", balance_minutes: 0 })], next_after: "there" },
  );
  const { user } = show(<Usage />);
  const table = await screen.findByRole("region", { name: "Lines of the ledger" });
  expect(within(table).getAllByRole("row")[1]).toHaveTextContent(
    /Held at the start.*episode-1.mp4.*Season 3.*30.00\+30.00/,
  );
  expect(within(table).getAllByRole("row")[2]).toHaveTextContent(/Used.*30.000$/);
  expect(screen.getByRole("button", { name: "Previous page" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Next page" }));
  expect(await screen.findByText("Given back")).toBeVisible();
  expect(screen.getByText("Deleted")).toBeVisible();
  expect(screen.getByText("−30.00")).toBeVisible();
  expect(screen.getByRole("button", { name: "Next page" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Previous page" }));
  expect(await screen.findByText("Held at the start")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Ledger of October 2026" }));
  expect(screen.getByRole("region", { name: "Ledger" })).toHaveFocus();
  expect(address()).toBe("/?month=2026-10");
  expect(asked.at(-1)?.path).toBe("/api/usage/ledger?since=2026-10-01&until=2026-10-01&limit=25");
  expect(screen.getByRole("link", { name: "Download CSV" })).toHaveAttribute(
    "href",
    "/api/usage/ledger.csv?since=2026-10-01&until=2026-10-01",
  );
  expect(screen.getByRole("link", { name: "CSV of November 2026" })).toHaveAttribute(
    "href",
    "/api/usage/ledger.csv?since=2026-11-01&until=2026-11-01",
  );
});

test("a month without lines says what would be there; a part that fails can be tried again", async () => {
  refuses("get", "/api/usage/storage", 503, "unavailable", "The store does not answer.");
  const { user } = show(<Usage />, "/?month=2026-03");
  expect(await screen.findByText("Nothing was booked in March 2026")).toBeVisible();
  expect(await screen.findByText("The store does not answer.")).toBeVisible();
  answers("get", "/api/usage/storage", { videos: 1, videos_bytes: 5, results_bytes: 0, exports_bytes: 0 });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("5 B in all")).toBeVisible();
});
