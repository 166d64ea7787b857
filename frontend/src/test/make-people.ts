/** Accounts, and the installation as operators see it, for tests. */
import { makeId } from "@/test/make";
import type { ApiKey, AuditEntry, FailedVideo, Queue, QueuedUser, Session, User, Worker } from "@/types/people";

const NOW = "2026-11-22T12:00:00Z";
let number = 0;

export function makeSession(facts: Partial<Session> = {}): Session {
  return {
    id: makeId(),
    device: "Firefox on Linux",
    address: "203.0.113.7",
    created_at: NOW,
    last_used_at: NOW,
    expires_at: "2026-12-06T12:00:00Z",
    current: false,
    ...facts,
  };
}

export function makeApiKey(facts: Partial<ApiKey> = {}): ApiKey {
  return {
    id: makeId(),
    name: "Render farm",
    prefix: "dly_3fKq9Zx1",
    scopes: ["read", "write"],
    created_at: NOW,
    last_used_at: null,
    expires_at: null,
    ...facts,
  };
}

export function makeEntry(facts: Partial<AuditEntry> = {}): AuditEntry {
  number += 1;
  return {
    id: number,
    at: NOW,
    action: "signed_in",
    way: "none",
    email: "ada@example.com",
    by: "",
    address: "203.0.113.7",
    device: "Firefox on Linux",
    detail: {},
    ...facts,
  };
}

export function makeUser(facts: Partial<User> = {}): User {
  return {
    id: makeId(),
    email: "eve@example.com",
    tier: "free",
    role: "user",
    created_at: NOW,
    last_seen_at: NOW,
    sessions: 2,
    api_keys: 1,
    ...facts,
  };
}

export function makeWorker(facts: Partial<Worker> = {}): Worker {
  return { worker: "processor-1", service: "processor", slots: 2, alive: true, started_at: NOW, running: [], ...facts };
}

export function makeQueued(facts: Partial<QueuedUser> = {}): QueuedUser {
  return {
    user_id: makeId(),
    tier: "creator",
    waiting: 4,
    running: 0,
    concurrency: 3,
    batch_job_id: makeId(),
    batch_name: "Season 3",
    video_name: "episode-4.mp4",
    priority: 6,
    waiting_since: NOW,
    ...facts,
  };
}

export function makeQueue(users: QueuedUser[] = []): Queue {
  const waiting_videos = users.reduce((sum, user) => sum + user.waiting, 0);
  return {
    waiting_videos,
    waiting_users: users.length,
    retries: 1,
    exports: 0,
    running: 3,
    slots: 4,
    priorities: users.length > 0 ? [{ priority: 6, videos: waiting_videos }] : [],
    users,
  };
}

export function makeFailure(facts: Partial<FailedVideo> = {}): FailedVideo {
  return {
    id: makeId(),
    batch_job_id: makeId(),
    batch_name: "Season 3",
    user_id: makeId(),
    name: "episode-2.mp4",
    size_bytes: 734_003_200,
    failed_at: NOW,
    error_code: "failed_permanently",
    error_message: "The file is damaged: no picture can be read.",
    attempts: 1,
    ...facts,
  };
}
