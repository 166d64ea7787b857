/** What the server would tell of usage and of periods, for tests. */
import { makeId, makeMe } from "@/test/make";
import type { Analytics, AnalyticsTotals, LedgerLine, MonthUsed, Usage } from "@/types/batch";

export function makeUsage(facts: Partial<Usage> = {}): Usage {
  return {
    tier: "creator",
    month: "2026-11-01",
    resets_at: "2026-12-01T00:00:00Z",
    minutes_used: 1500,
    minutes_held: 300,
    minutes_limit: 3000,
    minutes_left: 1200,
    open_batches: 1,
    running_videos: 2,
    concurrency: 3,
    limits: makeMe().limits,
    ...facts,
  };
}

export function makeMonth(facts: Partial<MonthUsed> = {}): MonthUsed {
  return {
    month: "2026-11-01",
    minutes_used: 1500,
    minutes_held: 300,
    minutes_refunded: 0,
    videos: 48,
    batches: 3,
    ...facts,
  };
}

export function makeLine(facts: Partial<LedgerLine> = {}): LedgerLine {
  return {
    id: makeId(),
    kind: "hold",
    booked_at: "2026-11-22T21:00:00Z",
    month: "2026-11-01",
    minutes: 30,
    balance_minutes: 30,
    batch_job_id: "batch",
    batch_name: "Season 3",
    video_name: "episode-1.mp4",
    ...facts,
  };
}

export function makeTotals(facts: Partial<AnalyticsTotals> = {}): AnalyticsTotals {
  return {
    batches_completed: 2,
    batches_failed: 0,
    batches_cancelled: 1,
    videos_completed: 38,
    videos_failed: 2,
    videos_cancelled: 0,
    source_s: 72_000,
    output_s: 54_000,
    saved_s: 18_000,
    processing_s: 10_800,
    ...facts,
  };
}

/** Three days, of which something ended on the second. */
export function makeAnalytics(facts: Partial<Analytics> = {}): Analytics {
  const totals = makeTotals();
  return {
    since: "2026-11-21",
    until: "2026-11-23",
    totals,
    success_rate: 0.95,
    speed: 6.667,
    average_processing_s: 405,
    average_wait_s: 61,
    average_batch_s: 8100,
    step: "day",
    steps: [{ since: "2026-11-22", totals }],
    failures: [{ name: "failed_permanently", count: 2 }],
    settings: [
      { name: "remove_silence", count: 3 },
      { name: "export_quality=1080p", count: 2 },
    ],
    ...facts,
  };
}
