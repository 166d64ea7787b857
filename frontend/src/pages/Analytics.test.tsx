import { fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { dayOf } from "@/lib/periods";
import { Analytics } from "@/pages/Analytics";
import { makeMe } from "@/test/make";
import { makeAnalytics, makeTotals } from "@/test/make-insight";
import { address, pick, show } from "@/test/render";
import { answers, refuses } from "@/test/server";

const TODAY = dayOf(Date.now());

// Charts are drawn where there is room for them, of which jsdom has none.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 480, 220));
});

test("a period is told in sums, charts with a table behind each, reasons and settings", async () => {
  answers("get", "/api/analytics", makeAnalytics());
  const { user } = show(<Analytics />);
  const sum = async (name: string) => (await screen.findByText(name)).nextElementSibling?.textContent;
  expect(await sum("Time saved")).toBe("5 h");
  expect(await sum("Success rate")).toBe("95%");
  expect(await sum("Speed")).toBe("6.7×");
  expect(await sum("From start to end of a batch")).toBe("2 h 15 min");
  expect(screen.getByText("38 completed, 2 failed, 0 cancelled.")).toBeVisible();
  expect(await screen.findByRole("application", { name: /^Videos by day. 38 completed/ })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Videos by day as a table" }));
  const rows = within(screen.getByRole("region", { name: "Videos by day" })).getAllByRole("row");
  expect(rows.map((row) => row.textContent)).toEqual([
    "DayCompletedFailedCancelled",
    "Nov 21000",
    "Nov 223820",
    "Nov 23000",
  ]);
  await user.click(screen.getByRole("button", { name: "Processing speed by day as a table" }));
  const speeds = within(screen.getByRole("region", { name: "Processing speed by day" })).getAllByRole("row");
  expect(speeds.map((row) => row.textContent)).toEqual(["DaySpeed", "Nov 21–", "Nov 226.7×", "Nov 23–"]);
  expect(screen.getByText("Damaged or unsupported file").nextElementSibling).toHaveTextContent("2100%");
  expect(screen.getByText("Quality: 1080p").nextElementSibling).toHaveTextContent("267%");
});

test("the period is kept in the address, whichever way it is chosen", async () => {
  const asked = answers("get", "/api/analytics", makeAnalytics());
  const question = () => asked.at(-1)?.path;
  const { user } = show(<Analytics />, "/analytics?period=2026-02");
  await screen.findByText("Time saved");
  expect(question()).toBe("/api/analytics?since=2026-02-01&until=2026-02-28");
  await pick(user, "Period", "Own period");
  expect(address()).toBe("/analytics?period=2026-02-01..2026-02-28");
  const [first, last] = [screen.getByLabelText("First day"), screen.getByLabelText("Last day")];
  first.focus();
  fireEvent.change(first, { target: { value: "2026-03-01" } });
  expect(screen.getByText("The first day has to be before the last one.")).toBeVisible();
  await user.tab();
  expect(last).toHaveFocus();
  fireEvent.change(last, { target: { value: "2026-03-04" } });
  expect(address()).toBe("/analytics?period=2026-02-01..2026-02-28");
  await user.keyboard("{Enter}");
  expect(address()).toBe("/analytics?period=2026-03-01..2026-03-04");
  expect(last).toHaveFocus();
  fireEvent.change(last, { target: { value: "2026-03-05" } });
  expect(screen.getByRole("button", { name: "Show" })).toBeVisible();
  fireEvent.blur(last);
  expect(address()).toBe("/analytics?period=2026-03-01..2026-03-05");
  await pick(user, "Period", "Last 7 days");
  expect(address()).toBe("/analytics?period=7");
  expect(question()).toContain(`until=${TODAY}`);
  await pick(user, "Period", "Last 30 days");
  expect(address()).toBe("/analytics");
});

test("when nothing ended, it says what would be here, and offers a longer period", async () => {
  const nothing = Object.fromEntries(Object.keys(makeTotals()).map((name) => [name, 0]));
  answers("get", "/api/analytics", { ...makeAnalytics({ steps: [], failures: [], settings: [] }), totals: nothing });
  const { user } = show(<Analytics />);
  expect(await screen.findByText("No batch and no video ended in the last 30 days")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show the last 90 days" }));
  expect(await screen.findByText("No batch and no video ended in the last 90 days")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show the last 90 days" })).not.toBeInTheDocument();
});

test("operators may look at all accounts, others not even by the address", async () => {
  answers("get", "/api/analytics", makeAnalytics());
  const all = answers("get", "/api/admin/analytics", makeAnalytics({ success_rate: 0.5 }));
  const first = show(<Analytics />, "/analytics?of=all");
  expect(await screen.findByText("95%")).toBeVisible();
  expect(screen.queryByRole("radio", { name: "All accounts" })).not.toBeInTheDocument();
  expect(all).toEqual([]);
  first.unmount();
  answers("get", "/api/me", makeMe({ role: "operator" }));
  const { user } = show(<Analytics />);
  await user.click(await screen.findByRole("radio", { name: "All accounts" }));
  expect(await screen.findByText("50%")).toBeVisible();
  expect(address()).toBe("/?of=all");
});

test("what cannot be had is said, and asked for again", async () => {
  refuses("get", "/api/analytics", 503, "unavailable", "The scheduler does not answer.");
  const { user } = show(<Analytics />);
  expect(await screen.findByText("The scheduler does not answer.")).toBeVisible();
  answers("get", "/api/analytics", makeAnalytics());
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Success rate")).toBeVisible();
});
