/** Days as the API writes them. */

const DAY_MS = 24 * 3600 * 1000;

/** The first of so many days (UTC) of which today is the last. */
export function firstOf(days: number, now = Date.now()): string {
  return new Date(now - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}
