/** What those ask who run the installation. */
import { answer, apiClient } from "@/api/client";
import type { BatchJobPage } from "@/types/batch";
import type {
  Analytics,
  AuditLog,
  Deletions,
  FailurePage,
  LedgerPage,
  Queue,
  Role,
  Tier,
  User,
  UserPage,
  Workers,
} from "@/types/people";

export interface UserListParams {
  search?: string;
  tier?: Tier;
  role?: Role;
  ids?: string[];
  limit?: number;
  offset?: number;
}

export interface FailureListParams {
  since: string;
  code?: string;
}

const at = (id: string) => ({ path: { user_id: id } });

export async function getUsers(query: UserListParams, signal?: AbortSignal): Promise<UserPage> {
  return answer(apiClient.GET("/api/admin/users", { params: { query }, signal }));
}

export async function changeUser(id: string, change: { tier?: Tier; role?: Role }): Promise<User> {
  return answer(apiClient.PATCH("/api/admin/users/{user_id}", { params: at(id), body: change }));
}

export async function signOutUser(id: string): Promise<void> {
  await answer(apiClient.POST("/api/admin/users/{user_id}/sign-out", { params: at(id) }));
}

/** Somebody's batches. The owner finds in the audit log who looked. */
export async function getBatchJobsOf(
  id: string,
  query: { limit: number; offset: number },
  signal?: AbortSignal,
): Promise<BatchJobPage> {
  const params = { ...at(id), query };
  return (await answer(apiClient.GET("/api/admin/users/{user_id}/batch-jobs", { params, signal }))) as BatchJobPage;
}

/** Give the minutes of a batch back; the lines of the ledger that this made. */
export async function refundBatch(batchJobId: string): Promise<LedgerPage> {
  return answer(apiClient.POST("/api/admin/refunds", { body: { batch_job_id: batchJobId } }));
}

export async function getWorkers(signal?: AbortSignal): Promise<Workers> {
  return answer(apiClient.GET("/api/admin/workers", { signal }));
}

export async function getQueue(signal?: AbortSignal): Promise<Queue> {
  return answer(apiClient.GET("/api/admin/queue", { signal }));
}

export async function getFailures(
  params: FailureListParams,
  after: string | null,
  signal?: AbortSignal,
): Promise<FailurePage> {
  return answer(apiClient.GET("/api/admin/failures", { params: { query: { ...params, after } }, signal }));
}

export async function getAnalyticsOfEverybody(since: string, signal?: AbortSignal): Promise<Analytics> {
  return answer(apiClient.GET("/api/admin/analytics", { params: { query: { since } }, signal }));
}

/** Of everybody, or of one account. */
export async function getWholeAuditLog(
  userId: string | null,
  before: number | null,
  signal?: AbortSignal,
): Promise<AuditLog> {
  return answer(apiClient.GET("/api/admin/audit-log", { params: { query: { user_id: userId, before } }, signal }));
}

/** What will be deleted within so many days. */
export async function getDeletions(days: number, signal?: AbortSignal): Promise<Deletions> {
  return answer(apiClient.GET("/api/admin/retention", { params: { query: { days } }, signal }));
}
