import { AlertDialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** The button that does it: a verb and what it is done to. */
  action: string;
  cancel?: string;
  /** What destroys nothing is not red. */
  harmless?: boolean;
  onConfirm: () => void;
}

/** Asks before something is destroyed, or changed for somebody else. */
export function AlertDialog(props: Props) {
  const { open, onOpenChange, title, children, action, cancel = "Keep it", harmless, onConfirm } = props;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/45 data-[state=open]:animate-in data-[state=open]:fade-in-0" />
        <Radix.Content className="fixed top-1/2 left-1/2 z-60 grid w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 gap-3 rounded-2xl border border-line bg-surface p-6 shadow-float outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-95">
          <Radix.Title className="break-words font-semibold text-lg leading-snug">{title}</Radix.Title>
          <Radix.Description asChild>
            <div className="text-muted text-sm">{children}</div>
          </Radix.Description>
          <div className="mt-2 flex flex-wrap justify-end gap-2">
            <Radix.Cancel asChild>
              <Button variant="outline">{cancel}</Button>
            </Radix.Cancel>
            <Radix.Action asChild>
              <Button variant={harmless ? "primary" : "danger"} onClick={onConfirm}>
                {action}
              </Button>
            </Radix.Action>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
