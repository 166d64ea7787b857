import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "@/api/keys";
import { thinned } from "@/hooks/live";
import { applyEvents } from "@/hooks/live-cache";
import { sentence } from "@/hooks/outcomes";
import { newestBatch, newestExports } from "@/lib/newest";
import { makeDetails, makeExport, makeJob } from "@/test/make";
import type { BatchJobDetails, BatchJobPage, BatchVideo, LiveEvent } from "@/types/batch";

let client: QueryClient;
let batch: BatchJobDetails;
const list = keys.batchList({ limit: 20 });
const shown = () => client.getQueryData<BatchJobDetails>(keys.batch(batch.id)) as BatchJobDetails;
const listed = () => client.getQueryData<BatchJobPage>(list)?.batch_jobs[0];

beforeEach(() => {
  client = new QueryClient();
  batch = makeDetails([{ status: "processing", attempt: 2, duration_s: 100 }, { duration_s: 300 }], {
    progress_percentage: 0,
  });
  const { videos: _, ...job } = batch;
  client.setQueryData(keys.batch(batch.id), batch);
  client.setQueryData<BatchJobPage>(list, { batch_jobs: [job], total: 1, by_status: { processing: 1 } });
});

function progress(percent: number, facts: object = {}): LiveEvent {
  return {
    type: "progress",
    batch_id: batch.id,
    video_id: batch.videos[0]?.video_id as string,
    progress: percent,
    current_stage: "exporting",
    stage_percentage: 0,
    attempt: 2,
    estimated_time_remaining: null,
    video_time_remaining: null,
    ...facts,
  };
}

describe("live events in the cache", () => {
  it("tell when the batch will be done, and keep what was known while they do not", () => {
    const now = Date.parse("2026-11-22T20:00:00Z");
    applyEvents(client, [progress(40, { estimated_time_remaining: 90, video_time_remaining: 30 })], now);
    const expected = { estimated_time_remaining: 90, estimated_completion_at: "2026-11-22T20:01:30.000Z" };
    expect(shown()).toMatchObject(expected);
    expect(listed()).toMatchObject(expected);
    expect(shown().videos[0]?.estimated_time_remaining).toBe(30);
    applyEvents(client, [progress(45)], now);
    expect(shown()).toMatchObject(expected);
  });

  it("show progress of the video, of its batch by its length, and in lists", () => {
    applyEvents(client, [progress(40)]);
    expect(shown().videos[0]).toMatchObject({ progress_percentage: 40, current_stage: "exporting" });
    expect(shown().progress_percentage).toBe(10);
    expect(listed()?.progress_percentage).toBe(10);
  });

  it("do not let an older try overwrite a newer one", () => {
    applyEvents(client, [progress(80, { attempt: 1 })]);
    expect(shown().videos[0]?.progress_percentage).toBe(0);
  });

  it("do not let an older state overwrite a newer one", () => {
    const { videos: _, ...job } = batch;
    applyEvents(client, [{ ...job, type: "batch", status: "paused", revision: 5 }]);
    applyEvents(client, [{ ...job, type: "batch", status: "processing", revision: 4 }]);
    expect(shown().status).toBe("paused");
    expect(listed()?.status).toBe("paused");
  });

  it("leave what did not change as it was, so that it is not drawn again", () => {
    const before = shown().videos[1];
    applyEvents(client, [progress(40)]);
    expect(shown().videos[1]).toBe(before);
  });

  it("tell what has ended", () => {
    const video = batch.videos[0] as BatchVideo;
    const { videos: _, ...job } = batch;
    const outcomes = applyEvents(client, [
      { ...video, type: "video", status: "completed", revision: 2 },
      { ...job, type: "batch", status: "completed", revision: 2 },
    ]);
    expect(outcomes.map((outcome) => outcome.about)).toEqual(["video", "batch"]);
    expect(applyEvents(client, [{ ...video, type: "video", status: "completed", revision: 3 }])).toEqual([]);
  });

  it("make everything be asked for again after an interruption", () => {
    applyEvents(client, [{ type: "snapshot", batch_jobs: [makeJob()], live: [] }]);
    expect(client.getQueryState(keys.batch(batch.id))?.isInvalidated).toBe(true);
    expect(client.getQueryState(list)?.isInvalidated).toBe(true);
  });

  it("nudge a batch that is only in a list", () => {
    client.removeQueries({ queryKey: keys.batch(batch.id) });
    applyEvents(client, [progress(20), progress(60)]);
    expect(listed()?.progress_percentage).toBeCloseTo(20);
  });
});

describe("a burst of events", () => {
  it("keeps every state, and of live values only the last", () => {
    const { videos: _, ...job } = batch;
    const state: LiveEvent = { ...job, type: "batch" };
    expect(thinned([progress(1), state, progress(2), progress(3), state])).toEqual([state, progress(3), state]);
  });

  it("is told in one sentence", () => {
    expect(sentence({ name: "Talks", done: 12, failed: 1, over: null })).toBe("Talks: 12 done and 1 failed");
    expect(sentence({ name: "Talks", done: 1, failed: 0, over: "completed" })).toBe("Talks is finished: 1 done");
    expect(sentence({ name: "Talks", done: 0, failed: 2, over: "failed" })).toBe("Talks failed");
  });
});

describe("an answer that was overtaken by an event", () => {
  const [older, newer] = [makeExport({ status: "processing", revision: 1 }), makeExport({ revision: 2 })];

  it("does not bring back how things were", () => {
    const known = [{ ...newer, id: older.id }];
    expect(newestExports(known, [older])).toEqual(known);
    expect(newestExports([older], known)).toEqual(known);
  });

  it("keeps the videos that did not change as they are, so that their rows are not drawn anew", () => {
    const known = makeDetails([{ revision: 3, status: "completed" }, {}]);
    const [first, second] = known.videos as [BatchVideo, BatchVideo];
    const answered = {
      ...known,
      name: "New",
      videos: [{ ...first, revision: 2, status: "processing" }, { ...second }],
    };
    const shown = newestBatch(known, answered);
    expect(shown.name).toBe("New");
    expect(shown.videos[0]).toBe(first);
    expect(shown.videos[1]).toBe(second);
  });
});
