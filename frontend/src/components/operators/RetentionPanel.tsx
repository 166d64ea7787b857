import { CalendarCheck } from "lucide-react";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Figures } from "@/components/operators/Figures";
import { Person } from "@/components/operators/Person";
import { Section } from "@/components/settings/Section";
import { Badge } from "@/components/ui/badge";
import { Select } from "@/components/ui/select";
import { useDeletions, useEmails } from "@/hooks/operators";
import { useUrlState } from "@/hooks/url-state";
import { formatAbsolute, formatBytes, plural } from "@/lib/format";
import type { Deletion } from "@/types/people";

const PERIODS = [
  { value: "1", label: "Within a day" },
  { value: "7", label: "Within 7 days" },
  { value: "30", label: "Within 30 days" },
  { value: "90", label: "Within 90 days" },
];

/** What will be deleted because its time is over. Looking deletes nothing. */
export function RetentionPanel() {
  const [days, setDays] = useUrlState<string>(
    "days",
    "7",
    PERIODS.map(({ value }) => value),
  );
  const deletions = useDeletions(Number(days));
  const shown = deletions.data?.deletions ?? [];
  const emails = useEmails(shown.map(({ user_id }) => user_id));
  return (
    <>
      <div className="mb-4">
        <Select aria-label="Period" className="w-40" value={days} onChange={setDays} options={PERIODS} />
      </div>
      <Loaded query={deletions}>
        {({ batches, stored_bytes }) => (
          <>
            <Figures
              figures={[
                { label: "Batches", value: batches.toLocaleString("en") },
                { label: "Their results", value: formatBytes(stored_bytes), hint: "Their uploads come on top" },
              ]}
            />
            <Section
              title="What will be deleted"
              description="Batches whose time is over, as the plan of their owner gives it. Nothing is deleted by looking."
            >
              {shown.length === 0 ? (
                <Empty icon={CalendarCheck} title="Nothing will be deleted">
                  Choose a longer period to look further ahead.
                </Empty>
              ) : (
                <>
                  <ul className="-mx-5 -my-4 divide-y divide-line" aria-label="Deletions">
                    {shown.map((one) => (
                      <Row key={one.batch_job_id} deletion={one} emails={emails} />
                    ))}
                  </ul>
                  {batches > shown.length && (
                    <p className="mt-8 text-muted text-sm">The first {shown.length} are shown.</p>
                  )}
                </>
              )}
            </Section>
          </>
        )}
      </Loaded>
    </>
  );
}

function Row({ deletion, emails }: { deletion: Deletion; emails: ReadonlyMap<string, string> }) {
  return (
    <li
      className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-5 py-3"
      data-deletion={deletion.batch_job_id}
    >
      <div className="grid min-w-0 gap-0.5">
        <p className="break-words font-medium text-sm">{deletion.name}</p>
        <p className="text-[0.8125rem] text-muted">
          <Person id={deletion.user_id} emails={emails} /> · {plural(deletion.videos, "video")} ·{" "}
          {formatBytes(deletion.stored_bytes)} · {deletion.status === "pending" ? "not touched since" : "ended"}{" "}
          <When at={deletion.ended_at} />
        </p>
        <p className="mt-1 flex flex-wrap gap-1.5">
          <StatusBadge of="job" status={deletion.status} />
          <Badge tone={deletion.announced ? "info" : "plain"}>
            {deletion.announced ? "Announced" : "Not announced yet"}
          </Badge>
          {deletion.in_use && <Badge tone="busy">In use, waits</Badge>}
        </p>
      </div>
      <p className="text-[0.8125rem] sm:text-right">
        <When at={deletion.delete_at} className="font-medium" />
        <span className="block text-muted text-xs">{formatAbsolute(deletion.delete_at)}</span>
      </p>
    </li>
  );
}
