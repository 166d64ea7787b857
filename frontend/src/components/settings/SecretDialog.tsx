import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { announce } from "@/lib/announcer";

interface Props {
  title: string;
  /** What it is for; that it is not shown again is said here. */
  use: string;
  label: string;
  secret: string;
  onClose: () => void;
}

/** A secret, shown this once. */
export function SecretDialog({ title, use, label, secret, onClose }: Props) {
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
    } catch {
      // Without https, or when the browser was told not to: it is at least selected.
      field.current?.select();
      return;
    }
    setCopied(true);
    announce("Copied", "now");
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={`Copy it now: it is not shown again. ${use}`}
      footer={
        <>
          <Button variant="outline" onClick={copy}>
            {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
            {copied ? "Copied" : "Copy"}
          </Button>
          <Button onClick={onClose}>Done</Button>
        </>
      }
    >
      <Field label={label}>
        {(ids) => (
          <Input
            {...ids}
            ref={field}
            readOnly
            value={secret}
            className="font-mono"
            onFocus={(event) => event.target.select()}
          />
        )}
      </Field>
    </Dialog>
  );
}
