import { CircleCheck } from "lucide-react";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { PLANS } from "@/components/layout/UserMenu";
import { When } from "@/components/layout/When";
import { Figures } from "@/components/operators/Figures";
import { Person } from "@/components/operators/Person";
import { Shares } from "@/components/operators/Shares";
import { Section } from "@/components/settings/Section";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { useEmails, useQueue } from "@/hooks/operators";
import { plural } from "@/lib/format";
import type { QueuedUser } from "@/types/people";

/** What waits, for whom, and whose turn it is. */
export function QueuePanel() {
  const queue = useQueue();
  const emails = useEmails((queue.data?.users ?? []).map((user) => user.user_id));
  return (
    <Loaded query={queue}>
      {(shown) => (
        <>
          <Figures
            figures={[
              {
                label: "Videos that wait",
                value: shown.waiting_videos.toLocaleString("en"),
                hint: `Of ${plural(shown.waiting_users, "account")}`,
              },
              {
                label: "In work",
                value: `${shown.running.toLocaleString("en")} of ${shown.slots.toLocaleString("en")}`,
                hint: shown.slots === 0 ? "No worker lives" : "Of what workers can do at once",
              },
              { label: "Next tries", value: shown.retries.toLocaleString("en"), hint: "Failed for now, due later" },
              { label: "Exports that wait", value: shown.exports.toLocaleString("en") },
            ]}
          />
          {shown.users.length === 0 ? (
            <Card>
              <Empty icon={CircleCheck} title="Nothing waits">
                Every video that may run has a worker.
              </Empty>
            </Card>
          ) : (
            <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
              <Section
                title="Whose turn it is"
                description="Who has had least of the work for their plan goes next. Of their own videos the one with the highest priority, then the oldest."
              >
                <ol className="-mx-5 -my-4 divide-y divide-line" aria-label="Turns">
                  {shown.users.map((user, place) => (
                    <Row key={user.user_id} user={user} place={place + 1} emails={emails} />
                  ))}
                </ol>
              </Section>
              <Section title="By priority">
                <Shares
                  label="Videos that wait by priority"
                  shares={shown.priorities.map(({ priority, videos }) => ({
                    id: String(priority),
                    label: `Priority ${priority}`,
                    count: videos,
                  }))}
                />
              </Section>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

function Row({ user, place, emails }: { user: QueuedUser; place: number; emails: ReadonlyMap<string, string> }) {
  return (
    <li className="flex gap-4 px-5 py-3" data-turn={place}>
      <span className="numbers w-6 shrink-0 pt-0.5 text-right text-muted text-sm" aria-hidden>
        {place}
      </span>
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <Person id={user.user_id} emails={emails} />
          <Badge tone="plain">{PLANS[user.tier]}</Badge>
          {user.running >= user.concurrency && <Badge tone="info">At their limit</Badge>}
        </p>
        <p className="text-[0.8125rem]">
          {plural(user.waiting, "video")} waiting, {user.running} of {user.concurrency} in work
        </p>
        <p className="break-words text-[0.8125rem] text-muted">
          Next: {user.video_name} of “{user.batch_name}”, priority {user.priority}, waiting since{" "}
          <When at={user.waiting_since} />
        </p>
      </div>
    </li>
  );
}
