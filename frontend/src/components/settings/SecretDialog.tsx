import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { announce } from "@/lib/announcer";

/** A secret, shown this once. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
    announce("Copied", "now");
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Signing secret"
      description="Copy it now: it is not shown again. With it your program can tell that a request is from here."
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
      <Field label="Secret">
        {(ids) => (
          <Input {...ids} readOnly value={secret} className="font-mono" onFocus={(event) => event.target.select()} />
        )}
      </Field>
    </Dialog>
  );
}
