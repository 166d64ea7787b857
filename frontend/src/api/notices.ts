/** What somebody was told, and what they want to be mailed. */
import { answer, apiClient } from "@/api/client";
import type { NoticePage, NotificationSettings } from "@/types/batch";

export interface NoticeListParams {
  limit: number;
  offset?: number;
  unread?: boolean;
}

/** Newest first. */
export async function getNotices(params: NoticeListParams, signal?: AbortSignal): Promise<NoticePage> {
  return answer(apiClient.GET("/api/notices", { params: { query: params }, signal }));
}

export async function markNoticeRead(id: string): Promise<number> {
  const asked = apiClient.POST("/api/notices/{notice_id}/read", { params: { path: { notice_id: id } } });
  return (await answer(asked)).unread;
}

export async function markAllNoticesRead(): Promise<number> {
  return (await answer(apiClient.POST("/api/notices/read"))).unread;
}

export async function getNotificationSettings(signal?: AbortSignal): Promise<NotificationSettings> {
  return answer(apiClient.GET("/api/me/notifications", { signal }));
}

export type NotificationChange = Partial<Omit<NotificationSettings, "email" | "email_available">>;

export async function changeNotificationSettings(change: NotificationChange): Promise<NotificationSettings> {
  return answer(apiClient.PATCH("/api/me/notifications", { body: change }));
}

/** End letters of a kind, by the token of the link in one of them. */
export async function unsubscribe(token: string): Promise<"reports" | "notices"> {
  return (await answer(apiClient.POST("/api/unsubscribe", { params: { query: { token } } }))).letters;
}
