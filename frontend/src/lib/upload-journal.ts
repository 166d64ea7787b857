/** What this browser was uploading, so that a reload can go on. Each tab keeps its own page of it. */

export interface JournalEntry {
  id: string;
  batchId: string;
  batchName: string;
  name: string;
  size: number;
  lastModified: number;
}

const TAB = crypto.randomUUID();

function keyOf(userId: string, tab: string): string {
  return `dailies.uploads.${userId}.${tab}`;
}

function lockOf(tab: string): string {
  return `dailies.tab.${tab}`;
}

/** Keep what is under way; nothing is kept when there is nothing. */
export function keep(userId: string, entries: readonly JournalEntry[]): void {
  try {
    if (entries.length > 0) localStorage.setItem(keyOf(userId, TAB), JSON.stringify(entries));
    else localStorage.removeItem(keyOf(userId, TAB));
  } catch {
    // Private mode or no space: uploads still work, only a reload forgets them.
  }
}

/** Show other tabs that this one lives, for as long as it does. */
export function stayAlive(): void {
  void navigator.locks?.request(lockOf(TAB), () => new Promise(() => {}));
}

/** Take over what tabs that are gone have left behind. */
export async function adopt(userId: string): Promise<JournalEntry[]> {
  const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
  const found = new Map<string, JournalEntry>();
  const start = keyOf(userId, "");
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(start))) {
    const tab = key.slice(start.length);
    if (tab !== TAB && held.has(lockOf(tab))) continue;
    for (const entry of read(key)) found.set(entry.id, entry);
    localStorage.removeItem(key);
  }
  return [...found.values()];
}

function read(key: string): JournalEntry[] {
  try {
    const entries: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(entries) ? entries.filter((entry) => typeof entry?.id === "string") : [];
  } catch {
    return [];
  }
}
