import { Ellipsis, KeyRound, Pencil, Power, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import { WebhookLog } from "@/components/settings/WebhookLog";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Collapsible } from "@/components/ui/collapsible";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/dropdown-menu";
import { useRotateSecret, useWebhookAction } from "@/hooks/webhooks";
import type { Webhook } from "@/types/batch";

interface Props {
  webhook: Webhook;
  onEdit: () => void;
  onSecret: (secret: string) => void;
}

/** A webhook: where it is, what it is told of, whether it works, and its log. */
export function WebhookCard({ webhook, onEdit, onSecret }: Props) {
  const [asked, setAsked] = useState<"delete" | "secret" | null>(null);
  const act = useWebhookAction();
  const rotate = useRotateSecret();
  const off = webhook.disabled_reason !== null;
  return (
    <li className="rounded-lg border border-line" data-webhook={webhook.id}>
      <div className="flex items-start justify-between gap-3 px-4 pt-3">
        <div className="min-w-0">
          <p className="break-all font-medium text-sm">{webhook.url}</p>
          {webhook.description && <p className="break-words text-muted text-sm">{webhook.description}</p>}
          <p className="mt-2 flex flex-wrap gap-1.5">
            <State webhook={webhook} />
            {webhook.events.map((kind) => (
              <Badge key={kind} tone="plain">
                {kind}
              </Badge>
            ))}
          </p>
          {off && <p className="mt-2 break-words text-bad text-sm">{webhook.disabled_reason}</p>}
        </div>
        <div className="flex shrink-0 gap-2">
          <Button
            variant="outline"
            size="small"
            disabled={off}
            busy={act.isPending}
            onClick={() => act.mutate({ kind: "test", webhook })}
          >
            <Send aria-hidden />
            Test
          </Button>
          <Menu>
            <MenuTrigger asChild>
              <Button variant="outline" size="icon-small" aria-label={`Actions for ${webhook.url}`}>
                <Ellipsis aria-hidden />
              </Button>
            </MenuTrigger>
            <MenuContent>
              <MenuItem onSelect={onEdit}>
                <Pencil aria-hidden />
                Change
              </MenuItem>
              <MenuItem onSelect={() => setAsked("secret")}>
                <KeyRound aria-hidden />
                New secret
              </MenuItem>
              <MenuItem onSelect={() => act.mutate({ kind: off ? "on" : "off", webhook })}>
                <Power aria-hidden />
                {off ? "Switch on" : "Switch off"}
              </MenuItem>
              <MenuSeparator />
              <MenuItem danger onSelect={() => setAsked("delete")}>
                <Trash2 aria-hidden />
                Delete
              </MenuItem>
            </MenuContent>
          </Menu>
        </div>
      </div>
      <Collapsible title="Log" className="px-4 pt-2 pb-3">
        <WebhookLog webhook={webhook} />
      </Collapsible>
      <AlertDialog
        open={asked === "delete"}
        onOpenChange={() => setAsked(null)}
        title="Delete this webhook?"
        action="Delete webhook"
        onConfirm={() => act.mutate({ kind: "delete", webhook })}
      >
        Nothing is sent to {webhook.url} any more, and its log is deleted.
      </AlertDialog>
      <AlertDialog
        open={asked === "secret"}
        onOpenChange={() => setAsked(null)}
        title="Make a new secret?"
        action="New secret"
        cancel="Keep the old one"
        onConfirm={() => rotate.mutate(webhook, { onSuccess: ({ secret }) => onSecret(secret) })}
      >
        For 24 hours requests are signed with the old one as well; then only with the new one.
      </AlertDialog>
    </li>
  );
}

function State({ webhook }: { webhook: Webhook }) {
  if (webhook.disabled_reason !== null) return <Badge tone="bad">Switched off</Badge>;
  return webhook.failing_since ? <Badge tone="busy">Failing</Badge> : <Badge tone="good">In use</Badge>;
}
