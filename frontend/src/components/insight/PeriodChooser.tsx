import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { formatMonth } from "@/lib/format";
import { kindOf, LAST_DAYS, lastMonths, type Period, periodOf, periodProblem, type Written } from "@/lib/periods";

const MONTHS = 24;

interface Props {
  value: Written;
  today: string;
  onChange: (next: Written) => void;
}

/** The last days, a month, or a period of one's own. */
export function PeriodChooser({ value, today, onChange }: Props) {
  const kind = kindOf(value);
  const months = lastMonths(today, MONTHS);
  const shown = periodOf(value, today);
  const choose = (next: string) => {
    if (next === "month") onChange(months[0] as string);
    else if (next === "own") onChange(`${shown.since}..${shown.until}`);
    else onChange(next);
  };
  return (
    <div className="flex flex-wrap items-start gap-2">
      <Select
        aria-label="Period"
        data-filter
        className="w-40"
        value={kind === "days" ? value : kind}
        onChange={choose}
        options={[
          ...LAST_DAYS.map((days) => ({ value: days as string, label: `Last ${days} days` })),
          { value: "month", label: "A month" },
          { value: "own", label: "Own period" },
        ]}
      />
      {kind === "month" && (
        <Select
          aria-label="Month"
          className="w-44"
          value={value}
          onChange={onChange}
          options={[...new Set([...months, value])].map((month) => ({
            value: month,
            label: formatMonth(`${month}-01`),
          }))}
        />
      )}
      {kind === "own" && <OwnPeriod value={shown} today={today} onChange={onChange} />}
    </div>
  );
}

/** Two days; taken when both are there: by Enter, by the button, or when one goes on to something else. */
function OwnPeriod({ value, today, onChange }: { value: Period; today: string; onChange: (next: Written) => void }) {
  const { since, until } = value;
  const [draft, setDraft] = useState(value);
  // The way back through the pages seen leads to another period.
  useEffect(() => setDraft({ since, until }), [since, until]);
  const problem = periodProblem(draft);
  const changed = draft.since !== since || draft.until !== until;
  const take = () => {
    if (problem === null && changed) onChange(`${draft.since}..${draft.until}`);
  };
  const days = [
    ["First day", "since"],
    ["Last day", "until"],
  ] as const;
  return (
    <form
      noValidate
      className="grid gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) take();
      }}
    >
      <div className="flex flex-wrap items-center gap-2">
        {days.map(([label, end]) => (
          <Input
            key={end}
            type="date"
            aria-label={label}
            aria-invalid={problem !== null || undefined}
            aria-describedby={problem ? "period-problem" : undefined}
            className="numbers w-40"
            max={today}
            value={draft[end]}
            onChange={(event) => setDraft({ ...draft, [end]: event.target.value })}
          />
        ))}
        {changed && problem === null && (
          <Button type="submit" variant="outline">
            Show
          </Button>
        )}
      </div>
      {problem && (
        <p id="period-problem" className="text-[0.8125rem] text-bad">
          {problem}
        </p>
      )}
    </form>
  );
}
