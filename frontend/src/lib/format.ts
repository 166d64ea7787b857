/** Numbers and times as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `1234567` as `1.2 MB`: decimal units, as files are sold and sent. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Seconds as `1:02:03` or `4:05`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.round(seconds);
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds as a rough span: `2 h 5 min`, `4 min`, `30 s`. */
export function formatSpan(seconds: number): string {
  if (seconds >= 3600) {
    const minutes = Math.round(seconds / 60);
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }
  if (seconds >= 90) return `${Math.round(seconds / 60)} min`;
  return `${Math.max(1, Math.round(seconds / 5) * 5)} s`;
}

/** What is left, or nothing when nobody knows. */
export function formatRemaining(seconds: number | null | undefined): string | null {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return null;
  return seconds < 5 ? "a few seconds left" : `about ${formatSpan(seconds)} left`;
}

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [4.35, "week"],
  [12, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** `2 hours ago`, `in 3 minutes`; within a minute, `just now`. */
export function formatRelative(moment: string | number | Date, now: number): string {
  let amount = (new Date(moment).getTime() - now) / 1000;
  if (Math.abs(amount) < 45) return "just now";
  for (const [length, unit] of STEPS) {
    if (Math.abs(amount) < length) return relative.format(Math.round(amount), unit);
    amount /= length;
  }
  return relative.format(Math.round(amount), "year");
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function formatAbsolute(moment: string | number | Date): string {
  return absolute.format(new Date(moment));
}

/** The time of day, to the second. */
export function formatClock(moment: string | number | Date): string {
  return clock.format(new Date(moment));
}

/** `1 video`, `2 videos`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Minutes as people count them: whole ones, and below ten with what is behind the point. */
export function formatMinutes(minutes: number): string {
  if (minutes > 0 && minutes < 0.1) return "less than 0.1";
  const digits = Math.abs(minutes) < 10 ? 1 : 0;
  return minutes.toLocaleString("en", { maximumFractionDigits: digits });
}

const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });
const longDay = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });

/** A day (UTC, `2026-11-22`) as `Nov 22`. */
export function formatDay(date: string): string {
  return day.format(new Date(date));
}

/** A day or a moment as `November 22, 2026`, in UTC. */
export function formatLongDay(date: string): string {
  return longDay.format(new Date(date));
}

/** The month (UTC) of a day, as `November 2026`. */
export function formatMonth(date: string): string {
  return month.format(new Date(date));
}

/** A share of one as `95%`; never 100% or 0% unless it is. */
export function formatShare(share: number): string {
  const percent = share * 100;
  const whole = Math.round(percent);
  if ((whole === 100 && share < 1) || (whole === 0 && share > 0)) return `${percent.toFixed(1)}%`;
  return `${whole}%`;
}
