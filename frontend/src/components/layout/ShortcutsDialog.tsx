import { usePlaces } from "@/components/layout/Navigation";
import { Dialog } from "@/components/ui/dialog";

const FIRST: [string, string][] = [
  ["n", "New batch"],
  ["mod k", "Command palette"],
];

const LAST: [string, string][] = [
  ["/", "Search or filter"],
  ["?", "This list"],
];

const ROWS: [string, string][] = [
  ["↑ ↓", "Move between rows"],
  ["Enter", "Open a batch, or the details of a video"],
  ["Space", "On a handle: pick up, then ↑ ↓ to move, Space to drop"],
  ["Esc", "Close what is open"],
];

/** All keys that do something. */
export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const places = usePlaces().map(({ keys, label }): [string, string] => [keys, `Go to ${label.toLowerCase()}`]);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <div className="grid gap-6 sm:grid-cols-2">
        <List title="Anywhere" keys={[...FIRST, ...places, ...LAST]} />
        <List title="In lists" keys={ROWS} />
      </div>
    </Dialog>
  );
}

function List({ title, keys }: { title: string; keys: [string, string][] }) {
  const mac = /Mac|iP/.test(navigator.platform);
  return (
    <section>
      <h3 className="mb-2 font-medium text-muted text-sm">{title}</h3>
      <dl className="grid gap-2 text-sm">
        {keys.map(([combination, what]) => (
          <div key={combination} className="flex items-start justify-between gap-4">
            <dt>{what}</dt>
            <dd className="flex shrink-0 gap-1">
              {combination.split(" ").map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded border border-line bg-sunken px-1.5 py-0.5 text-center font-sans text-xs"
                >
                  {key === "mod" ? (mac ? "⌘" : "Ctrl") : key.length === 1 ? key.toUpperCase() : key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
