import { describe, expect, test } from "vitest";
import { kindOf, lastMonths, periodInWords, periodOf, periodProblem, stepsOf } from "@/lib/periods";

const TODAY = "2026-11-22";

describe("a period that is written in an address", () => {
  test.each([
    ["7", "2026-11-16", TODAY, "days", "the last 7 days"],
    ["90", "2026-08-25", TODAY, "days", "the last 90 days"],
    ["2026-02", "2026-02-01", "2026-02-28", "month", "February 2026"],
    ["2024-02", "2024-02-01", "2024-02-29", "month", "February 2024"],
    ["2026-12", "2026-12-01", "2026-12-31", "month", "December 2026"],
    ["2025-12-30..2026-01-02", "2025-12-30", "2026-01-02", "own", "December 30, 2025 to January 2, 2026"],
    ["2026-11-03..2026-11-03", "2026-11-03", "2026-11-03", "own", "November 3, 2026"],
  ])("%s", (written, since, until, kind, words) => {
    expect(periodOf(written, TODAY)).toEqual({ since, until });
    expect(kindOf(written)).toBe(kind);
    expect(periodInWords(written, TODAY)).toBe(words);
  });

  test.each([
    "",
    "30",
    "8",
    "2026-13",
    "2026-11-31..2026-12-01",
    "2026-11-03..2026-11-01",
    "1999-01-01..2026-01-01",
    "x",
  ])("%s is the usual one", (written) => {
    expect(periodOf(written, TODAY)).toEqual({ since: "2026-10-24", until: TODAY });
  });

  test("says what is wrong with it", () => {
    expect(periodProblem({ since: "2026-11-03", until: "" })).toMatch(/first and the last/);
    expect(periodProblem({ since: "2026-11-03", until: "2026-11-01" })).toMatch(/before/);
    expect(periodProblem({ since: "2020-11-03", until: "2026-11-01" })).toMatch(/three years/);
    expect(periodProblem({ since: "2026-11-01", until: "2026-11-01" })).toBeNull();
  });
});

describe("the steps of a period", () => {
  test.each([
    ["day", "2026-11-29", "2026-12-02", ["2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"]],
    // Weeks begin on Monday, the first of them perhaps before the period.
    ["week", "2026-11-22", "2026-12-01", ["2026-11-16", "2026-11-23", "2026-11-30"]],
    ["month", "2026-11-15", "2027-02-01", ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]],
  ])("%s by %s", (step, since, until, days) => {
    expect(stepsOf({ since, until }, step)).toEqual(days);
  });

  test("the last months go back over the year's end", () => {
    expect(lastMonths("2026-02-28", 3)).toEqual(["2026-02", "2026-01", "2025-12"]);
  });
});
