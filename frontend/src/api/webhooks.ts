/** Where somebody wants events sent, and what was sent there. */
import { answer, apiClient } from "@/api/client";
import type { DeliveryPage, Webhook, WebhookDelivery, WebhookEvent, WebhookList, WebhookMade } from "@/types/batch";

const at = (id: string) => ({ params: { path: { webhook_id: id } } });

export async function getWebhooks(signal?: AbortSignal): Promise<WebhookList> {
  return answer(apiClient.GET("/api/webhooks", { signal }));
}

export interface NewWebhook {
  url: string;
  events: WebhookEvent[];
  description: string;
}

/** The answer has the secret, which is shown this once. */
export async function createWebhook(webhook: NewWebhook): Promise<WebhookMade> {
  return answer(apiClient.POST("/api/webhooks", { body: webhook }));
}

export async function changeWebhook(id: string, change: Partial<NewWebhook> & { enabled?: boolean }): Promise<Webhook> {
  return answer(apiClient.PATCH("/api/webhooks/{webhook_id}", { ...at(id), body: change }));
}

export async function deleteWebhook(id: string): Promise<void> {
  await answer(apiClient.DELETE("/api/webhooks/{webhook_id}", at(id)));
}

export async function rotateSecret(id: string): Promise<WebhookMade> {
  return answer(apiClient.POST("/api/webhooks/{webhook_id}/secret", at(id)));
}

export async function testWebhook(id: string): Promise<WebhookDelivery> {
  return answer(apiClient.POST("/api/webhooks/{webhook_id}/test", at(id)));
}

export async function getDeliveries(
  id: string,
  query: { limit: number; offset: number },
  signal?: AbortSignal,
): Promise<DeliveryPage> {
  const params = { ...at(id).params, query };
  return answer(apiClient.GET("/api/webhooks/{webhook_id}/deliveries", { params, signal }));
}

export async function redeliver(id: string, deliveryId: string): Promise<WebhookDelivery> {
  const params = { path: { webhook_id: id, delivery_id: deliveryId } };
  return answer(apiClient.POST("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", { params }));
}
