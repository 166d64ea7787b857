/** Periods that numbers are shown of. All days are UTC's, as the server counts them. */
import { formatDay, formatLongDay, formatMonth } from "@/lib/format";

/** Days as `2026-11-22`; the last one is included. */
export interface Period {
  since: string;
  until: string;
}

/** How a period is written in the address: `7`, `30` or `90` (days up to today), `2026-11`, or `2026-11-03..2026-11-20`. */
export type Written = string;

export const LAST_DAYS = ["7", "30", "90"] as const;
export const USUAL: Written = "30";
/** What the server tells at most. */
export const MOST_DAYS = 3 * 366;

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * DAY_MS);
}

/** How many days a period has. */
export function daysIn({ since, until }: Period): number {
  return Math.round((Date.parse(until) - Date.parse(since)) / DAY_MS) + 1;
}

/** The first and the last day of a month like `2026-11`. */
export function monthPeriod(month: string): Period {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return { since: `${month}-01`, until: dayOf(Date.UTC(year, number, 0)) };
}

/** What is wrong with a period of somebody's own, in a sentence; null when nothing is. */
export function periodProblem({ since, until }: Period): string | null {
  if (!isDay(since) || !isDay(until)) return "Choose the first and the last day.";
  if (since > until) return "The first day has to be before the last one.";
  if (daysIn({ since, until }) > MOST_DAYS) return "A period may have three years at most.";
  return null;
}

/** The period that is written in an address; the usual one for what makes no sense. */
export function periodOf(written: Written, today: string): Period {
  if ((LAST_DAYS as readonly string[]).includes(written)) {
    return { since: addDays(today, 1 - Number(written)), until: today };
  }
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(written)) return monthPeriod(written);
  const [since = "", until = ""] = written.split("..");
  return periodProblem({ since, until }) === null ? { since, until } : periodOf(USUAL, today);
}

export type Kind = "days" | "month" | "own";

/** Which of the ways to choose a period this is. */
export function kindOf(written: Written): Kind {
  if (/^\d{4}-\d{2}$/.test(written)) return "month";
  return written.includes("..") ? "own" : "days";
}

/** The last months as `2026-11`, this one first. */
export function lastMonths(today: string, count: number): string[] {
  const [year, month] = today.split("-").map(Number) as [number, number];
  return Array.from({ length: count }, (_, back) => dayOf(Date.UTC(year, month - 1 - back, 1)).slice(0, 7));
}

/** A period in words: `the last 30 days`, `November 2026`, `November 3 to 20, 2026`. */
export function periodInWords(written: Written, today: string): string {
  const { since, until } = periodOf(written, today);
  if (kindOf(written) === "month") return formatMonth(since);
  if ((LAST_DAYS as readonly string[]).includes(written)) return `the last ${written} days`;
  return since === until ? formatLongDay(since) : `${formatLongDay(since)} to ${formatLongDay(until)}`;
}

/** The step that begins on this day, as its axis names it. */
export function stepLabel(since: string, step: string): string {
  return step === "month" ? formatMonth(since) : formatDay(since);
}

/** The first days of all steps of a period, also of those in which nothing happened. Weeks begin on Monday. */
export function stepsOf({ since, until }: Period, step: string): string[] {
  const days: string[] = [];
  let at = stepOf(since, step);
  while (at <= until) {
    days.push(at);
    at = step === "day" ? addDays(at, 1) : step === "week" ? addDays(at, 7) : stepOf(addDays(at, 31), "month");
  }
  return days;
}

function stepOf(day: string, step: string): string {
  if (step === "month") return `${day.slice(0, 7)}-01`;
  if (step === "week") return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
  return day;
}

function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) && dayOf(Date.parse(text)) === text;
}
