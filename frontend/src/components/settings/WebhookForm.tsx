import { type FormEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { useSaveWebhook } from "@/hooks/webhooks";
import { explain, fieldProblem } from "@/lib/problems";
import type { Webhook, WebhookEvent } from "@/types/batch";

export const EVENTS: Record<WebhookEvent, { label: string; hint: string }> = {
  "batch.completed": { label: "A batch completed", hint: "With its whole report." },
  "batch.failed": { label: "A batch failed", hint: "All of its videos, or out of time." },
  "batch.cancelled": { label: "A batch was cancelled", hint: "By a person." },
  "export.completed": { label: "An export is ready", hint: "It can be downloaded." },
  "export.failed": { label: "An export failed", hint: "With its reason." },
  "notice.created": { label: "Other notices", hint: "Such as that something will be deleted." },
};

interface Props {
  /** The one that is changed; null for a new one. */
  webhook: Webhook | null;
  types: readonly WebhookEvent[];
  onClose: () => void;
  onSecret: (secret: string) => void;
}

/** The address of a webhook, and what it is told of. */
export function WebhookForm({ webhook, types, onClose, onSecret }: Props) {
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [events, setEvents] = useState<WebhookEvent[]>(
    (webhook?.events as WebhookEvent[] | undefined) ?? ["batch.completed", "batch.failed"],
  );
  const [tried, setTried] = useState(false);
  const save = useSaveWebhook();
  const urlProblem = /^https?:\/\/\S+$/.test(url.trim()) ? null : "Enter an address that begins with https://.";
  const eventsProblem = events.length > 0 ? null : "Choose at least one.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (urlProblem || eventsProblem) return;
    const saved = { url: url.trim(), description: description.trim(), events };
    save.mutate(webhook ? { id: webhook.id, ...saved } : saved, {
      onSuccess: (made) => {
        onClose();
        if (made.secret) onSecret(made.secret);
      },
    });
  };
  const toggle = (kind: WebhookEvent) => (on: boolean) =>
    setEvents(on ? [...events, kind] : events.filter((one) => one !== kind));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={webhook ? "Change webhook" : "New webhook"}
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" form="webhook" busy={save.isPending}>
            {webhook ? "Save" : "Make it"}
          </Button>
        </>
      }
    >
      <form id="webhook" noValidate onSubmit={submit} className="grid gap-5">
        {save.error && !fieldProblem(save.error, "url") && <Alert>{explain(save.error).detail}</Alert>}
        <Field label="Address" error={(tried ? urlProblem : null) ?? fieldProblem(save.error, "url")}>
          {(ids) => (
            <Input
              {...ids}
              type="url"
              placeholder="https://example.com/hooks/dailies"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <Field label="Description" hint="For yourself; may be empty.">
          {(ids) => (
            <Input
              {...ids}
              value={description}
              maxLength={200}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="grid gap-3">
          <legend className="mb-2 font-medium text-sm">Is told when</legend>
          {types.map((kind) => (
            <CheckField key={kind} {...EVENTS[kind]} checked={events.includes(kind)} onChange={toggle(kind)} />
          ))}
          {tried && eventsProblem && <p className="text-[0.8125rem] text-bad">{eventsProblem}</p>}
        </fieldset>
      </form>
    </Dialog>
  );
}
