import { Link } from "react-router";
import { PLANS } from "@/components/layout/UserMenu";
import { Card, CardBody, CardTitle } from "@/components/ui/card";
import { plural } from "@/lib/format";
import type { Usage } from "@/types/batch";

/** What the plan allows, and how much of it is in use. */
export function PlanCard({ usage }: { usage: Usage }) {
  const { limits } = usage;
  const rows: [string, string][] = [
    ["Open batches", `${usage.open_batches} of ${limits.open_batches}`],
    ["Videos at the same time", `${usage.concurrency} of ${limits.concurrency}`],
    ["Videos being processed", String(usage.running_videos)],
    ["Videos in a batch", `up to ${limits.videos_per_batch}`],
    ["New batches in an hour", `up to ${limits.batches_per_hour}`],
    ["Minutes a month", limits.minutes_per_month.toLocaleString("en")],
    ["Batches are kept", limits.retention_days > 0 ? plural(limits.retention_days, "day") : "for as long as you want"],
  ];
  return (
    <Card>
      <CardBody className="grid gap-3">
        <div className="flex items-baseline justify-between gap-3">
          <CardTitle>{PLANS[usage.tier]} plan</CardTitle>
          <Link to="/settings/preferences" className="text-primary text-sm underline-offset-4 hover:underline">
            Preferences
          </Link>
        </div>
        <dl className="numbers grid gap-2 text-sm">
          {rows.map(([name, value]) => (
            <div key={name} className="flex justify-between gap-4">
              <dt className="text-muted">{name}</dt>
              <dd className="text-right font-medium">{value}</dd>
            </div>
          ))}
        </dl>
      </CardBody>
    </Card>
  );
}
