import { ChartCard } from "@/components/insight/ChartCard";
import type { Series } from "@/components/insight/StepChart";
import { TallyCard } from "@/components/insight/TallyCard";
import { Stat } from "@/components/ui/stat";
import { type Step, settingName, stepsIn, sum, unitOf } from "@/lib/analytics";
import { reasonOf } from "@/lib/failures";
import { formatShare, formatSpan, plural } from "@/lib/format";
import type { Analytics } from "@/types/batch";

const ENDS: readonly Series[] = [
  { key: "completed", name: "Completed", look: "solid" },
  { key: "failed", name: "Failed", look: "hatched" },
  { key: "cancelled", name: "Cancelled", look: "dotted" },
];
const SAVED: readonly Series[] = [{ key: "saved", name: "Saved", look: "solid" }];
const SPEED: readonly Series[] = [{ key: "speed", name: "Speed", look: "solid" }];

/** A period in numbers: sums, charts over its days, reasons and settings. */
export function Numbers({ analytics }: { analytics: Analytics }) {
  const { totals, step } = analytics;
  const steps = stepsIn(analytics);
  const name = { day: "Day", week: "Week from", month: "Month" }[step] ?? "Since";
  const by = `by ${step}`;
  const unit: 3600 | 60 | 1 = unitOf(Math.max(...steps.map((one) => one.totals.saved_s)));
  return (
    <div className="grid gap-5">
      <Sums analytics={analytics} />
      <div className="grid gap-5 lg:grid-cols-2">
        <ChartCard
          title={`Videos ${by}`}
          summary={endsInWords(analytics, "videos")}
          step={name}
          rows={steps.map((one) => ends(one, "videos"))}
          series={ENDS}
          kind="bars"
          format={whole}
        />
        <ChartCard
          title={`Batches ${by}`}
          summary={endsInWords(analytics, "batches")}
          step={name}
          rows={steps.map((one) => ends(one, "batches"))}
          series={ENDS}
          kind="bars"
          format={whole}
        />
        <ChartCard
          title={`Time saved ${by}`}
          summary={`${span(totals.saved_s)} in all that nobody has to watch.`}
          step={name}
          rows={steps.map((one) => ({ ...one, values: { saved: one.totals.saved_s / unit } }))}
          series={SAVED}
          kind="bars"
          format={(value) => span(value * unit)}
          axis={(value) => `${value.toLocaleString("en")} ${{ 3600: "h", 60: "min", 1: "s" }[unit]}`}
        />
        <ChartCard
          title={`Processing speed ${by}`}
          summary={
            analytics.speed === null
              ? "Nothing was processed."
              : `${times(analytics.speed)} as fast as the videos play, on average.`
          }
          step={name}
          rows={steps.map((one) => ({ ...one, values: { speed: one.speed } }))}
          series={SPEED}
          kind="line"
          format={times}
        />
        <TallyCard
          title="Why videos failed"
          description={`Of ${plural(totals.videos_failed, "video")} that failed.`}
          tallies={analytics.failures}
          nameOf={reasonOf}
          of={totals.videos_failed}
          none="No video failed in this period."
        />
        <TallyCard
          title="Popular settings"
          description={`Of ${plural(sum(totals, "batches"), "batch", "batches")} that ended.`}
          tallies={analytics.settings}
          nameOf={settingName}
          of={sum(totals, "batches")}
          none="No batch ended in this period."
        />
      </div>
    </div>
  );
}

function Sums({ analytics }: { analytics: Analytics }) {
  const { totals, success_rate, speed } = analytics;
  const average = (seconds: number | null) => (seconds === null ? "–" : seconds < 1 ? "0 s" : formatSpan(seconds));
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat label="Time saved" value={span(totals.saved_s)} hint={`of ${span(totals.source_s)} of video`} />
      <Stat
        label="Success rate"
        value={success_rate === null ? "–" : formatShare(success_rate)}
        hint="of videos that were processed"
      />
      <Stat
        label="Videos completed"
        value={whole(totals.videos_completed)}
        hint={totals.videos_failed > 0 ? `${whole(totals.videos_failed)} failed` : "none failed"}
      />
      <Stat
        label="Batches completed"
        value={whole(totals.batches_completed)}
        hint={`of ${whole(sum(totals, "batches"))} that ended`}
      />
      <Stat
        label="Speed"
        value={speed === null ? "–" : times(speed)}
        hint={speed === null ? undefined : "as fast as playing"}
      />
      <Stat label="Work on a video" value={average(analytics.average_processing_s)} hint="on average" />
      <Stat label="Waiting for a worker" value={average(analytics.average_wait_s)} hint="on average" />
      <Stat label="From start to end of a batch" value={average(analytics.average_batch_s)} hint="on average" />
    </dl>
  );
}

function ends({ totals, since, label }: Step, what: "videos" | "batches") {
  return {
    since,
    label,
    values: {
      completed: totals[`${what}_completed`],
      failed: totals[`${what}_failed`],
      cancelled: totals[`${what}_cancelled`],
    },
  };
}

function endsInWords({ totals }: Analytics, what: "videos" | "batches"): string {
  const parts = [
    `${whole(totals[`${what}_completed`])} completed`,
    `${whole(totals[`${what}_failed`])} failed`,
    `${whole(totals[`${what}_cancelled`])} cancelled`,
  ];
  return `${parts.join(", ")}.`;
}

function whole(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}

/** Seconds in words, nothing as nothing. */
function span(seconds: number): string {
  return seconds < 1 ? "0 s" : formatSpan(seconds);
}

function times(value: number): string {
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 })}×`;
}
