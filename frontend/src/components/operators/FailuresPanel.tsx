import { CircleCheck } from "lucide-react";
import { useRef } from "react";
import { Loaded } from "@/components/layout/Loaded";
import { Older } from "@/components/layout/Older";
import { Empty } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Figures } from "@/components/operators/Figures";
import { Person } from "@/components/operators/Person";
import { Shares } from "@/components/operators/Shares";
import { Section } from "@/components/settings/Section";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { useAnalyticsOfEverybody, useEmails, useFailures } from "@/hooks/operators";
import { useUrlState } from "@/hooks/url-state";
import { firstOf } from "@/lib/days";
import { reasonOf } from "@/lib/failures";
import { formatBytes, plural } from "@/lib/format";
import type { Analytics, FailedVideo } from "@/types/people";

const PERIODS = [
  { value: "1", label: "Today" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
  { value: "90", label: "Last 90 days" },
];

/** What failed lately, of everybody, and why. */
export function FailuresPanel() {
  const [days, setDays] = useUrlState<string>(
    "days",
    "7",
    PERIODS.map(({ value }) => value),
  );
  const [reason, setReason] = useUrlState<string>("reason", "");
  const since = firstOf(Number(days));
  const analytics = useAnalyticsOfEverybody(since);
  return (
    <>
      <div className="mb-4">
        <Select aria-label="Period" className="w-40" value={days} onChange={setDays} options={PERIODS} />
      </div>
      <Loaded query={analytics} rows={1}>
        {(told) => (
          <>
            <Figures figures={figuresOf(told)} />
            <div className="grid items-start gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
              {told.failures.length > 0 && (
                <Section title="Reasons">
                  <Shares
                    label="Reasons"
                    shares={told.failures.map(({ name, count }) => ({ id: name, label: reasonOf(name), count }))}
                    chosen={reason || null}
                    onChoose={(next) => setReason(next ?? "")}
                  />
                </Section>
              )}
              <div className={told.failures.length > 0 ? "min-w-0" : "min-w-0 lg:col-span-2"}>
                <Latest since={since} reason={reason} onAll={() => setReason("")} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function figuresOf({ totals, success_rate, average_wait_s }: Analytics) {
  return [
    { label: "Videos that failed", value: totals.videos_failed.toLocaleString("en") },
    { label: "Videos that completed", value: totals.videos_completed.toLocaleString("en") },
    { label: "Success rate", value: success_rate === null ? "–" : `${Math.floor(success_rate * 1000) / 10} %` },
    { label: "Average wait", value: average_wait_s === null ? "–" : `${Math.round(average_wait_s)} s` },
  ];
}

function Latest({ since, reason, onAll }: { since: string; reason: string; onAll: () => void }) {
  const failures = useFailures({ since, code: reason || undefined });
  const list = useRef<HTMLUListElement>(null);
  const all = failures.data?.pages.flatMap((page) => page.failures) ?? [];
  const emails = useEmails(all.map(({ user_id }) => user_id));
  return (
    <Section
      title="Latest failures"
      description={reason ? `Only: ${reasonOf(reason)}.` : "Those that were tried again since are not among them."}
      actions={
        reason && (
          <Button variant="outline" size="small" onClick={onAll}>
            All reasons
          </Button>
        )
      }
    >
      <div className="-mx-5 -my-4">
        <Loaded query={failures}>
          {() =>
            all.length === 0 ? (
              <Empty icon={CircleCheck} title="Nothing failed" />
            ) : (
              <>
                <ul ref={list} className="divide-y divide-line" aria-label="Failures">
                  {all.map((one) => (
                    <Row key={one.id} failure={one} emails={emails} />
                  ))}
                </ul>
                <Older list={list} query={failures} label="Show older failures" />
              </>
            )
          }
        </Loaded>
      </div>
    </Section>
  );
}

function Row({ failure, emails }: { failure: FailedVideo; emails: ReadonlyMap<string, string> }) {
  return (
    <li className="grid gap-1 px-5 py-3" tabIndex={-1} data-failure={failure.error_code}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="break-all font-medium text-sm">{failure.name}</span>
        <Badge tone="bad">{reasonOf(failure.error_code)}</Badge>
        <When at={failure.failed_at} className="ml-auto text-muted text-xs" />
      </div>
      {failure.error_message && <p className="break-words text-[0.8125rem]">{failure.error_message}</p>}
      <p className="break-words text-[0.8125rem] text-muted">
        <Person id={failure.user_id} emails={emails} /> · “{failure.batch_name}” · {formatBytes(failure.size_bytes)}
        {failure.attempts > 0 && ` · ${plural(failure.attempts, "attempt")}`}
      </p>
    </li>
  );
}
