import { Alert } from "@/components/ui/alert";
import { Card, CardBody, CardTitle } from "@/components/ui/card";
import { PartsBar } from "@/components/ui/parts-bar";
import { formatLongDay, formatMinutes, formatMonth } from "@/lib/format";
import type { Usage } from "@/types/batch";

/** The minutes of this month: used, held for what was started, and left. */
export function MonthCard({ usage }: { usage: Usage }) {
  const minutes = (value: number) => `${formatMinutes(value)} min`;
  return (
    <Card>
      <CardBody className="grid gap-5 py-5">
        <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
          <CardTitle>Minutes of {formatMonth(usage.month)}</CardTitle>
          <p className="text-muted text-sm">
            {usage.minutes_limit.toLocaleString("en")} a month; all of them are there again on{" "}
            {formatLongDay(usage.resets_at)} (UTC).
          </p>
        </div>
        <PartsBar
          total={usage.minutes_limit}
          parts={[
            { label: "Used", value: usage.minutes_used, text: minutes(usage.minutes_used), look: "solid" },
            {
              label: "Held",
              value: usage.minutes_held,
              text: minutes(usage.minutes_held),
              look: "hatched",
              hint: "For videos that wait or are being processed; what fails is given back.",
            },
            { label: "Left", value: usage.minutes_left, text: minutes(usage.minutes_left), look: "rest" },
          ]}
        />
        {usage.minutes_left <= 0 && (
          <Alert tone="busy" live={false} title="Nothing is left of this month">
            What you start has to wait for the next one, or for another plan: ask whoever runs this installation.
          </Alert>
        )}
      </CardBody>
    </Card>
  );
}
