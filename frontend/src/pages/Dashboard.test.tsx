import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { dayOf, monthPeriod } from "@/lib/periods";
import { Dashboard } from "@/pages/Dashboard";
import { makeAnalytics } from "@/test/make-insight";
import { show } from "@/test/render";
import { answers } from "@/test/server";

const MONTH = dayOf(Date.now()).slice(0, 7);

test("the numbers that one wants to know at a glance lead to more about them", async () => {
  answers("get", "/api/batch-jobs", { batch_jobs: [], total: 9, by_status: { processing: 2, paused: 1, pending: 4 } });
  const asked = answers("get", "/api/analytics", makeAnalytics());
  show(<Dashboard />);
  const stats = [
    ["Active batches", "3", "/batches?status=processing"],
    ["Minutes left", "1,200", "/usage"],
    ["Time saved", "5 h", `/analytics?period=${MONTH}`],
    ["Videos in the library", "0", "/videos"],
  ] as const;
  for (const [label, value, to] of stats) {
    const link = screen.getByRole("link", { name: label });
    expect(link).toHaveAttribute("href", to);
    await waitFor(() => expect(link.closest("dt")?.nextElementSibling?.textContent).toBe(value));
  }
  expect(screen.getByText("of 3,000 this month")).toBeVisible();
  const { since, until } = monthPeriod(MONTH);
  expect(asked[0]?.path).toBe(`/api/analytics?since=${since}&until=${until}`);
});
