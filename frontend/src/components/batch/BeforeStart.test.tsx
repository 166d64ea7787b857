import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { BeforeStart } from "@/components/batch/BeforeStart";
import { makeUsage } from "@/test/make-insight";
import { show } from "@/test/render";
import { answers } from "@/test/server";

test.each([
  [{ minutes: 340, about: false }, "Uses 340 of 1,200 minutes that are left this month."],
  [{ minutes: 340.4, about: true }, "Uses about 340 of 1,200 minutes that are left this month."],
  [{ minutes: 0.3, about: false }, "Uses 0.3 of 1,200 minutes that are left this month."],
  [{ minutes: null, about: true }, "is known once its videos are checked; 1,200 are left"],
])("says what a batch will use", async (need, words) => {
  show(<BeforeStart need={need} />);
  expect(await screen.findByTestId("minutes")).toHaveTextContent(words);
  expect(screen.queryByText(/Not enough/)).not.toBeInTheDocument();
});

test("warns when it does not fit, and says what can be done", async () => {
  answers("get", "/api/usage", makeUsage({ minutes_left: 120.06 }));
  show(<BeforeStart need={{ minutes: 340, about: true }} />);
  expect(await screen.findByText("Not enough minutes are left this month")).toBeVisible();
  expect(screen.getByText(/needs about 340 minutes, and 120 of 3,000 are left until December 1, 2026/)).toBeVisible();
  expect(screen.getByRole("link", { name: "Usage" })).toHaveAttribute("href", "/usage");
});

test("warns when too many batches are open", async () => {
  answers("get", "/api/usage", makeUsage({ open_batches: 10 }));
  show(<BeforeStart need={{ minutes: 1, about: false }} />);
  expect(await screen.findByText("10 batches are open already")).toBeVisible();
});
