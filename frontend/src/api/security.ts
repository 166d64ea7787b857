/** How somebody gets in: browsers, API keys, forgotten passwords; and what was written down about it. */
import { answer, apiClient } from "@/api/client";
import type { ApiKey, ApiKeyMade, AuditLog, NewApiKey, Session } from "@/types/people";

/** Every browser with a session, the one used last first. */
export async function getSessions(signal?: AbortSignal): Promise<Session[]> {
  return (await answer(apiClient.GET("/api/sessions", { signal }))).sessions;
}

export async function endSession(id: string): Promise<void> {
  await answer(apiClient.DELETE("/api/sessions/{session_id}", { params: { path: { session_id: id } } }));
}

/** End all sessions, or all but the one that asks. */
export async function signOutEverywhere(keepThis: boolean): Promise<void> {
  await answer(apiClient.DELETE("/api/sessions", { params: { query: { keep_this: keepThis } } }));
}

export async function getApiKeys(signal?: AbortSignal): Promise<ApiKey[]> {
  return (await answer(apiClient.GET("/api/api-keys", { signal }))).api_keys;
}

/** The answer has the key itself, which is shown this once. */
export async function createApiKey(key: NewApiKey): Promise<ApiKeyMade> {
  return answer(apiClient.POST("/api/api-keys", { body: key }));
}

export async function revokeApiKey(id: string): Promise<void> {
  await answer(apiClient.DELETE("/api/api-keys/{key_id}", { params: { path: { key_id: id } } }));
}

/** What was done to the own account, newest first; `before` is that of the page before. */
export async function getAuditLog(before: number | null, signal?: AbortSignal): Promise<AuditLog> {
  return answer(apiClient.GET("/api/audit-log", { params: { query: { before } }, signal }));
}

/** Have a link mailed that sets a new password. */
export async function askForPasswordReset(email: string): Promise<void> {
  await answer(apiClient.POST("/api/password-resets", { body: { email } }));
}

export async function resetPassword(reset: { token: string; new_password: string }): Promise<void> {
  await answer(apiClient.POST("/api/password-resets/use", { body: reset }));
}
