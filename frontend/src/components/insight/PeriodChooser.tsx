import { useState } from "react";
import { Field, Input } from "@/components/ui/field";
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
      {kind === "own" && <OwnPeriod key={value} value={shown} today={today} onChange={onChange} />}
    </div>
  );
}

/** Two days; shown as soon as they make a period. */
function OwnPeriod({ value, today, onChange }: { value: Period; today: string; onChange: (next: Written) => void }) {
  const [draft, setDraft] = useState(value);
  const problem = periodProblem(draft);
  const set = (change: Partial<Period>) => setDraft({ ...draft, ...change });
  const leave = () => {
    if (problem === null && (draft.since !== value.since || draft.until !== value.until)) {
      onChange(`${draft.since}..${draft.until}`);
    }
  };
  return (
    <form
      className="flex flex-wrap items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        leave();
      }}
    >
      <Field label={<span className="sr-only">First day</span>} error={problem} className="max-w-64 gap-1">
        {(ids) => (
          <Input
            {...ids}
            type="date"
            className="numbers -mt-1 w-40"
            max={today}
            value={draft.since}
            onChange={(event) => set({ since: event.target.value })}
            onBlur={leave}
          />
        )}
      </Field>
      <span className="pt-1.5 text-muted text-sm" aria-hidden>
        to
      </span>
      <Field label={<span className="sr-only">Last day</span>} className="gap-1">
        {(ids) => (
          <Input
            {...ids}
            type="date"
            className="numbers -mt-1 w-40"
            max={today}
            value={draft.until}
            onChange={(event) => set({ until: event.target.value })}
            onBlur={leave}
          />
        )}
      </Field>
    </form>
  );
}
