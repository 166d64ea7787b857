import { Cpu } from "lucide-react";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Figures } from "@/components/operators/Figures";
import { Person } from "@/components/operators/Person";
import { Badge, type BadgeProps } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { useEmails, useWorkers } from "@/hooks/operators";
import { plural } from "@/lib/format";
import { STAGE } from "@/lib/status";
import type { Worker } from "@/types/people";

type Work = Worker["running"][number];

/** Who works, on what, and since when. */
export function WorkersPanel() {
  const workers = useWorkers();
  const emails = useEmails((workers.data?.workers ?? []).flatMap(({ running }) => running.map((work) => work.user_id)));
  return (
    <Loaded query={workers}>
      {({ workers: all, waiting_videos, waiting_users }) => {
        const alive = all.filter((worker) => worker.alive);
        const work = all.flatMap(({ running }) => running);
        const videos = work.filter((one) => one.kind === "video").length;
        const slots = alive.reduce((sum, one) => sum + (one.service === "processor" ? (one.slots ?? 0) : 0), 0);
        return (
          <>
            <Figures
              figures={[
                { label: "Workers", value: alive.length, hint: silent(all.length - alive.length) },
                { label: "Videos in work", value: `${videos} of ${slots}`, hint: "Of what they can do at once" },
                { label: "Exports in work", value: work.length - videos },
                {
                  label: "Videos that wait",
                  value: waiting_videos.toLocaleString("en"),
                  hint: `Of ${plural(waiting_users, "account")}`,
                },
              ]}
            />
            {all.length === 0 ? (
              <Card>
                <Empty icon={Cpu} title="Nobody works">
                  No worker was heard of within the last seconds. Is a processor running?
                </Empty>
              </Card>
            ) : (
              <ul className="grid gap-4 lg:grid-cols-2" aria-label="Workers">
                {all.map((worker) => (
                  <WorkerCard key={worker.worker} worker={worker} emails={emails} />
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function silent(count: number): string | undefined {
  return count > 0 ? `and ${count} not heard of` : undefined;
}

function stateOf(worker: Worker): { label: string; tone: BadgeProps["tone"] } {
  if (!worker.alive) return { label: "Not heard of", tone: "bad" };
  if (worker.slots === 0) return { label: "About to end", tone: "info" };
  return worker.running.length > 0 ? { label: "At work", tone: "busy" } : { label: "Free", tone: "good" };
}

function WorkerCard({ worker, emails }: { worker: Worker; emails: ReadonlyMap<string, string> }) {
  const state = stateOf(worker);
  return (
    <li className="rounded-xl border border-line bg-surface shadow-card" data-worker={worker.worker}>
      <div className="flex items-start justify-between gap-3 px-5 py-3">
        <div className="min-w-0">
          <p className="break-all font-medium text-sm">{worker.worker}</p>
          <p className="text-muted text-xs">
            {worker.service}
            {worker.slots ? ` · ${plural(worker.slots, "slot")}` : ""}
            {worker.started_at && (
              <>
                {" · started "}
                <When at={worker.started_at} />
              </>
            )}
          </p>
        </div>
        <Badge tone={state.tone}>{state.label}</Badge>
      </div>
      {worker.running.length > 0 && (
        <ul className="divide-y divide-line border-line border-t" aria-label={`In the hands of ${worker.worker}`}>
          {worker.running.map((work) => (
            <Running key={work.id} work={work} emails={emails} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Running({ work, emails }: { work: Work; emails: ReadonlyMap<string, string> }) {
  return (
    <li className="grid gap-0.5 px-5 py-3">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <span className="min-w-0 break-words font-medium">
          {work.kind === "export" ? `Export of ${work.name}` : work.name}
        </span>
        {work.stage && <Badge tone="busy">{STAGE[work.stage].label}</Badge>}
        {work.attempt > 1 && <Badge tone="plain">Attempt {work.attempt}</Badge>}
      </p>
      <p className="text-[0.8125rem] text-muted">
        <Person id={work.user_id} emails={emails} />
        {work.since && (
          <>
            {" · since "}
            <When at={work.since} />
          </>
        )}
      </p>
    </li>
  );
}
