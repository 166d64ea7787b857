import { RotateCw } from "lucide-react";
import { useState } from "react";
import { When } from "@/components/layout/When";
import { Alert } from "@/components/ui/alert";
import { Badge, type BadgeProps } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Pagination } from "@/components/ui/pagination";
import { DELIVERIES_ON_A_PAGE, useDeliveries, useWebhookAction } from "@/hooks/webhooks";
import { plural } from "@/lib/format";
import { explain } from "@/lib/problems";
import type { Webhook, WebhookDelivery } from "@/types/batch";

const STATUS: Record<string, { label: string; tone: BadgeProps["tone"] }> = {
  pending: { label: "On its way", tone: "info" },
  delivered: { label: "Delivered", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
};

/** What was sent to a webhook, with the last answer to each; each can be sent again. */
export function WebhookLog({ webhook }: { webhook: Webhook }) {
  const [page, setPage] = useState(1);
  const { data, error } = useDeliveries(webhook.id, page);
  if (error && !data) return <Alert>{explain(error).detail}</Alert>;
  if (!data) return null;
  if (data.total === 0) return <p className="text-muted text-sm">Nothing was sent yet. Try it with a test.</p>;
  return (
    <>
      <ul className="grid gap-3 text-sm" aria-label={`Sent to ${webhook.url}`}>
        {data.deliveries.map((delivery) => (
          <Line key={delivery.id} webhook={webhook} delivery={delivery} />
        ))}
      </ul>
      <Pagination page={page} size={DELIVERIES_ON_A_PAGE} total={data.total} onPage={setPage} />
    </>
  );
}

function Line({ webhook, delivery }: { webhook: Webhook; delivery: WebhookDelivery }) {
  const act = useWebhookAction();
  const status = STATUS[delivery.status];
  return (
    <li className="grid gap-1 border-line border-t pt-3" data-delivery={delivery.status}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={status?.tone}>{status?.label ?? delivery.status}</Badge>
        <span className="font-medium">{delivery.event_type}</span>
        <span className="text-muted text-xs">
          <When at={delivery.created_at} /> · {plural(delivery.attempts, "attempt")}
          {delivery.response_status !== null && ` · answer ${delivery.response_status}`}
          {delivery.took_ms !== null && ` in ${delivery.took_ms} ms`}
        </span>
        {delivery.status !== "pending" && webhook.disabled_reason === null && (
          <Button
            variant="ghost"
            size="small"
            className="ml-auto"
            busy={act.isPending}
            onClick={() => act.mutate({ kind: "again", webhook, delivery })}
          >
            <RotateCw aria-hidden />
            Send again
          </Button>
        )}
      </div>
      {delivery.error && (
        <p className="break-words text-muted">
          {delivery.error}
          {delivery.status === "pending" && delivery.next_try_at && (
            <>
              {" "}
              Next try <When at={delivery.next_try_at} />.
            </>
          )}
        </p>
      )}
      {delivery.response_excerpt && (
        <pre className="max-h-32 overflow-hidden whitespace-pre-wrap break-all rounded-md bg-sunken px-3 py-2 text-xs">
          {delivery.response_excerpt}
        </pre>
      )}
    </li>
  );
}
