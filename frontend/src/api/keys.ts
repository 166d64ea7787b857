/** Under which keys answers are kept. */
import type { LedgerParams } from "@/api/insight";
import type { NoticeListParams } from "@/api/notices";
import type { FailureListParams, UserListParams } from "@/api/operators";
import type { Period } from "@/lib/periods";
import type { BatchExportConfig, BatchJobStatus } from "@/types/batch";

export interface BatchListParams {
  status?: BatchJobStatus;
  limit?: number;
  offset?: number;
  sort?: string;
}

export interface VideoListParams {
  search?: string;
  limit?: number;
  offset?: number;
  sort?: string;
}

export const keys = {
  me: ["me"] as const,
  signInOptions: ["sign-in-options"] as const,
  batchLists: ["batches", "list"] as const,
  batchList: (params: BatchListParams) => ["batches", "list", params] as const,
  batches: ["batches", "one"] as const,
  batch: (id: string) => ["batches", "one", id] as const,
  thumbnails: (id: string) => ["batches", "thumbnails", id] as const,
  report: (id: string) => ["batches", "report", id] as const,
  transcript: (batchId: string, videoId: string) => ["transcripts", batchId, videoId] as const,
  highlights: (batchId: string, videoId: string) => ["highlights", batchId, videoId] as const,
  cuts: (batchId: string, videoId: string) => ["cuts", batchId, videoId] as const,
  batchHighlights: (batchId: string, completed: number) => ["highlights", batchId, "all", completed] as const,
  exports: (batchId: string) => ["exports", "batch", batchId] as const,
  exportEstimate: (batchId: string, config: BatchExportConfig) => ["exports", "estimate", batchId, config] as const,
  allExports: ["exports", "all"] as const,
  videoLists: ["videos", "list"] as const,
  videoList: (params: VideoListParams) => ["videos", "list", params] as const,
  video: (id: string) => ["videos", "one", id] as const,
  templates: ["templates"] as const,
  preferences: ["preferences"] as const,
  usage: ["usage"] as const,
  month: ["usage", "month"] as const,
  storage: ["usage", "storage"] as const,
  months: ["usage", "months"] as const,
  ledger: (params: LedgerParams) => ["usage", "ledger", params] as const,
  deletions: (days: number) => ["usage", "deletions", days] as const,
  analytics: ["analytics"] as const,
  analyticsOf: (period: Period, everybody: boolean) => ["analytics", period, everybody] as const,
  notices: ["notices"] as const,
  noticeList: (params: NoticeListParams) => ["notices", params] as const,
  notificationSettings: ["notification-settings"] as const,
  webhooks: ["webhooks"] as const,
  deliveries: (id: string, page: number) => ["webhooks", id, "deliveries", page] as const,
  sessions: ["sessions"] as const,
  apiKeys: ["api-keys"] as const,
  auditLog: ["audit-log"] as const,
  users: ["operators", "users"] as const,
  userList: (params: UserListParams) => ["operators", "users", params] as const,
  emails: (ids: readonly string[]) => ["operators", "emails", ids] as const,
  batchesOf: (userId: string, page: number) => ["operators", "batches", userId, page] as const,
  workers: ["operators", "workers"] as const,
  queue: ["operators", "queue"] as const,
  failures: (params: FailureListParams) => ["operators", "failures", params] as const,
  analyticsOfEverybody: (since: string) => ["operators", "analytics", since] as const,
  wholeAuditLog: (userId: string | null) => ["operators", "audit-log", userId] as const,
  allDeletions: (days: number) => ["operators", "deletions", days] as const,
};
