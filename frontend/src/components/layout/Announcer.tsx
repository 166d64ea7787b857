import { useStore } from "@/hooks/use-store";
import { announcement } from "@/lib/announcer";

/** Where screen readers hear what happens. */
export function Announcer() {
  return (
    <div aria-live="polite" aria-atomic className="sr-only" data-testid="announcer">
      {useStore(announcement)}
    </div>
  );
}
