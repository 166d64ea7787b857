/** What happened lately to the videos of each batch, as sentences, newest first. */
import { STAGE, VIDEO_STATUS } from "@/lib/status";
import { createStore } from "@/lib/store";
import type { BatchVideo, ProcessingStage } from "@/types/batch";

export interface Activity {
  key: string;
  at: number;
  position: number;
  name: string;
  text: string;
  tone: "idle" | "busy" | "good" | "bad";
}

const MOST = 60;

export const activities = createStore<ReadonlyMap<string, readonly Activity[]>>(new Map());

/** Write down what is different between two views of one video. */
export function noteChange(was: BatchVideo, is: BatchVideo, at: number): void {
  const found: [string, Activity["tone"]][] = [];
  if (was.current_stage && was.current_stage !== is.current_stage && is.status !== "failed") {
    found.push([STAGE[was.current_stage].done, "idle"]);
  }
  if (is.status !== was.status && is.status !== "processing") found.push(ended(is));
  else if (is.current_stage && is.current_stage !== was.current_stage) {
    found.push([`${STAGE[is.current_stage as ProcessingStage].label} in progress`, "busy"]);
  }
  if (found.length === 0) return;
  activities.set((all) => {
    const before = all.get(is.batch_job_id) ?? [];
    const news = found.map(([text, tone], number) => ({
      key: `${is.id}-${at}-${number}-${before.length}`,
      at,
      position: is.position,
      name: is.name,
      text,
      tone,
    }));
    return new Map(all).set(is.batch_job_id, [...news.reverse(), ...before].slice(0, MOST));
  });
}

function ended(video: BatchVideo): [string, Activity["tone"]] {
  if (video.status === "completed") return ["Completed", "good"];
  if (video.status === "failed") return [`Failed: ${video.error_message ?? "no reason was given"}`, "bad"];
  if (video.status === "pending" && video.next_try_at) return ["Failed for now, will be tried again", "idle"];
  return [VIDEO_STATUS[video.status].label, "idle"];
}

/** What can be told of a batch that was not watched: when its videos began and ended. */
export function pastActivities(videos: readonly BatchVideo[]): Activity[] {
  const found: Activity[] = [];
  for (const video of videos) {
    const common = { position: video.position, name: video.name };
    if (video.completed_at && (video.status === "completed" || video.status === "failed")) {
      const [text, tone] = ended(video);
      found.push({ ...common, key: `${video.id}-end`, at: Date.parse(video.completed_at), text, tone });
    }
    if (video.started_at) {
      found.push({
        ...common,
        key: `${video.id}-start`,
        at: Date.parse(video.started_at),
        text: "Started",
        tone: "busy",
      });
    }
  }
  return found.sort((a, b) => b.at - a.at).slice(0, MOST);
}
