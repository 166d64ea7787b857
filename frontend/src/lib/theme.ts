/** Light, dark, or as the system has it. `public/theme.js` applies the same rule before the first paint. */
import { createStore } from "@/lib/store";

export type Theme = "system" | "light" | "dark";

export const THEMES: readonly [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

const KEY = "dailies.theme";

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

export const theme = createStore<Theme>(stored());

function apply(): void {
  const system = window.matchMedia?.("(prefers-color-scheme: dark)").matches;
  const dark = theme.get() === "dark" || (theme.get() === "system" && system);
  document.documentElement.classList.toggle("dark", dark);
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", dark ? "#14120f" : "#fbfaf9");
}

export function chooseTheme(next: Theme): void {
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // No storage: it holds until the page is left.
  }
  theme.set(next);
  apply();
}

/** Follow the system and the other tabs. */
export function followTheme(): void {
  window.matchMedia?.("(prefers-color-scheme: dark)").addEventListener?.("change", apply);
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    theme.set(stored());
    apply();
  });
}
