import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { keys } from "@/api/keys";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getDeliveries,
  getWebhooks,
  type NewWebhook,
  redeliver,
  rotateSecret,
  testWebhook,
} from "@/api/webhooks";
import { explain } from "@/lib/problems";
import type { Webhook, WebhookDelivery } from "@/types/batch";

export const DELIVERIES_ON_A_PAGE = 10;
/** What is on its way is asked for again this often. */
const SOON_MS = 1500;

export function useWebhooks() {
  return useQuery({ queryKey: keys.webhooks, queryFn: ({ signal }) => getWebhooks(signal) });
}

/** What was sent to a webhook; up to date by itself while something is on its way. */
export function useDeliveries(id: string, page: number) {
  return useQuery({
    queryKey: keys.deliveries(id, page),
    queryFn: ({ signal }) =>
      getDeliveries(id, { limit: DELIVERIES_ON_A_PAGE, offset: (page - 1) * DELIVERIES_ON_A_PAGE }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.deliveries.some((one) => one.status === "pending" && one.attempts < 2) ? SOON_MS : 15_000,
  });
}

/** Make a webhook, or change one; its form shows what is wrong. */
export function useSaveWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, ...webhook }: NewWebhook & { id?: string }) =>
      id ? { ...(await changeWebhook(id, webhook)), secret: null } : createWebhook(webhook),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.webhooks }),
  });
}

export function useRotateSecret() {
  return useMutation({ mutationFn: (webhook: Webhook) => rotateSecret(webhook.id), onError: fail });
}

type Act = { kind: "test" | "delete" | "on" | "off"; webhook: Webhook };
type Again = { kind: "again"; webhook: Webhook; delivery: WebhookDelivery };

const DONE = {
  test: "A test is on its way",
  delete: "Webhook deleted",
  on: "Webhook switched on",
  off: "Webhook switched off",
  again: "It is sent again",
};

export function useWebhookAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (act: Act | Again): Promise<void> => {
      if (act.kind === "again") await redeliver(act.webhook.id, act.delivery.id);
      else if (act.kind === "test") await testWebhook(act.webhook.id);
      else if (act.kind === "delete") await deleteWebhook(act.webhook.id);
      else await changeWebhook(act.webhook.id, { enabled: act.kind === "on" });
    },
    onSuccess: (_, { kind }) => {
      toast.success(DONE[kind]);
      return client.invalidateQueries({ queryKey: keys.webhooks });
    },
    onError: fail,
  });
}

function fail(error: unknown): void {
  const { title, detail } = explain(error);
  toast.error(title, { description: detail });
}
