import { useEffect, useRef } from "react";

/** `g b`: pressed one after the other; `mod+k`: held together. */
export type Shortcuts = Record<string, () => void>;

const SEQUENCE_MS = 1000;

/** Keys for the whole page. Nothing happens while somebody types, or while a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const known = useRef(shortcuts);
  known.current = shortcuts;
  useEffect(() => {
    let before = "";
    let since = 0;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.repeat) return;
      const key = event.key.toLowerCase();
      if (event.metaKey || event.ctrlKey) {
        run(`mod+${key}`, event);
        return;
      }
      if (types(event.target) || document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"]')) return;
      const pair = Date.now() - since < SEQUENCE_MS ? `${before} ${key}` : "";
      before = key;
      since = Date.now();
      if (!(pair && run(pair, event))) run(key, event);
    };
    const run = (name: string, event: KeyboardEvent) => {
      const action = known.current[name];
      if (action) {
        event.preventDefault();
        action();
      }
      return Boolean(action);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

function types(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
