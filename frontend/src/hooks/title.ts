import { useEffect } from "react";
import { useStore } from "@/hooks/use-store";
import { createStore } from "@/lib/store";

const page = createStore("");
const progress = createStore<string | null>(null);

/** Name the page in the tab's title. */
export function useTitle(title: string): void {
  useEffect(() => page.set(title), [title]);
}

/** Show progress in front of the title, e.g. `45 %`; null shows none. */
export function useTitleProgress(text: string | null): void {
  useEffect(() => progress.set(text), [text]);
}

/** Writes the tab's title. Used once. */
export function useTitleWriter(): void {
  const name = useStore(page);
  const percent = useStore(progress);
  useEffect(() => {
    document.title = [percent, name && name !== "Dailies" ? `${name} · Dailies` : "Dailies"].filter(Boolean).join(" ");
  }, [name, percent]);
}
