import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { Empty, Failure } from "@/components/layout/States";
import { SecretDialog } from "@/components/settings/SecretDialog";
import { Section } from "@/components/settings/Section";
import { WebhookCard } from "@/components/settings/WebhookCard";
import { WebhookForm } from "@/components/settings/WebhookForm";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useWebhooks } from "@/hooks/webhooks";
import type { Webhook } from "@/types/batch";

/** Where events are sent, and what was sent. */
export function WebhooksSection() {
  const { data, error, isFetching, refetch } = useWebhooks();
  const [edited, setEdited] = useState<Webhook | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Section
      title="Webhooks"
      description="Requests to a program of yours when something ends, signed as in the Standard Webhooks specification."
      actions={
        <Button size="small" onClick={() => setEdited("new")}>
          <Plus aria-hidden />
          New webhook
        </Button>
      }
    >
      {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
      {!error && !data && <Skeleton className="h-28 rounded-lg" />}
      {data && data.webhooks.length === 0 && (
        <Empty icon={WebhookIcon} title="No webhooks yet">
          Give an address, and choose what it is told of.
        </Empty>
      )}
      {data && data.webhooks.length > 0 && (
        <ul className="grid gap-4" aria-label="Webhooks">
          {data.webhooks.map((webhook) => (
            <WebhookCard key={webhook.id} webhook={webhook} onEdit={() => setEdited(webhook)} onSecret={setSecret} />
          ))}
        </ul>
      )}
      {edited && data && (
        <WebhookForm
          webhook={edited === "new" ? null : edited}
          types={data.event_types}
          onClose={() => setEdited(null)}
          onSecret={setSecret}
        />
      )}
      {secret && (
        <SecretDialog
          title="Signing secret"
          use="With it your program can tell that a request is from here."
          label="Secret"
          secret={secret}
          onClose={() => setSecret(null)}
        />
      )}
    </Section>
  );
}
