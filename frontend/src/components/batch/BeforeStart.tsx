import { Gauge } from "lucide-react";
import { Link } from "react-router";
import { Alert } from "@/components/ui/alert";
import { useUsage } from "@/hooks/insight";
import { formatLongDay, formatMinutes, plural } from "@/lib/format";
import type { Need } from "@/lib/minutes";
import type { Usage } from "@/types/batch";

/** What a batch will use of the month, told before it is started; and a warning when it would be refused. */
export function BeforeStart({ need }: { need: Need }) {
  const { data: usage } = useUsage();
  if (!usage) return <p className="h-5" />;
  const refusal = refusalOf(need, usage);
  if (refusal) {
    return (
      <Alert tone="busy" title={refusal.title} live={false}>
        {refusal.text}{" "}
        <Link to="/usage" className="font-medium underline underline-offset-2">
          Usage
        </Link>
      </Alert>
    );
  }
  return (
    <p className="numbers flex items-start gap-2 text-muted text-sm" data-testid="minutes">
      <Gauge className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>
        {need.minutes === null ? (
          <>How many minutes it uses is known once its videos are checked; {left(usage)} are left this month.</>
        ) : (
          <>
            Uses {need.about && "about "}
            <strong className="font-semibold text-foreground">{formatMinutes(need.minutes)}</strong> of {left(usage)}{" "}
            minutes that are left this month.
          </>
        )}
      </span>
    </p>
  );
}

const left = (usage: Usage) => formatMinutes(usage.minutes_left);

function refusalOf({ minutes, about }: Need, usage: Usage): { title: string; text: string } | null {
  const { open_batches: most } = usage.limits;
  if (usage.open_batches >= most) {
    return {
      title: `${plural(most, "batch is", "batches are")} open already`,
      text: "Your plan allows no more at the same time: start this one when another has ended.",
    };
  }
  if (minutes !== null && minutes > usage.minutes_left) {
    return {
      title: "Not enough minutes are left this month",
      text: `This needs ${about ? "about " : ""}${formatMinutes(minutes)} minutes, and ${left(usage)} of ${usage.minutes_limit.toLocaleString("en")} are left until ${formatLongDay(usage.resets_at)}. Take videos out, or start it then.`,
    };
  }
  return null;
}
