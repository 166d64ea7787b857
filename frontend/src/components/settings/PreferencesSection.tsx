import { Failure } from "@/components/layout/States";
import { DefaultSettings } from "@/components/settings/DefaultSettings";
import { Section } from "@/components/settings/Section";
import { RadioGroup } from "@/components/ui/radio-group";
import { Skeleton } from "@/components/ui/skeleton";
import { useChangePreferences, useChooseTheme, usePreferences } from "@/hooks/preferences";
import { useStore } from "@/hooks/use-store";
import { THEMES, theme } from "@/lib/theme";

/** How batches are processed, and how the page looks. */
export function PreferencesSection() {
  return (
    <>
      <DefaultSettings />
      <Concurrency />
      <Appearance />
    </>
  );
}

/** How many videos are processed at the same time, up to what the plan allows. */
function Concurrency() {
  const { data, error, isFetching, refetch } = usePreferences();
  const change = useChangePreferences();
  // What was just chosen is shown while it is on its way.
  const shown = change.isPending ? (change.variables.concurrency ?? data?.concurrency_limit) : data?.concurrency;
  return (
    <Section
      title="Videos at the same time"
      description="With fewer, a batch takes longer and leaves more of the machine to others."
    >
      {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
      {!data && !error && <Skeleton className="h-10 w-72 rounded-lg" />}
      {data && (
        <div className="grid gap-3">
          <RadioGroup
            label="Videos at the same time"
            value={String(shown)}
            onChange={(value) => {
              const wanted = Number(value);
              // As many as the plan allows: also when it allows more one day.
              change.mutate({ concurrency: wanted === data.concurrency_limit ? null : wanted });
            }}
            choices={Array.from({ length: data.concurrency_limit }, (_, place) => ({
              value: String(place + 1),
              label: String(place + 1),
            }))}
          />
          <p className="text-[0.8125rem] text-muted">Your plan allows up to {data.concurrency_limit}.</p>
        </div>
      )}
    </Section>
  );
}

function Appearance() {
  const chosen = useStore(theme);
  return (
    <Section title="Appearance" description="Kept with your account, for every browser.">
      <RadioGroup
        label="Theme"
        value={chosen}
        choices={THEMES.map(([value, label]) => ({ value, label }))}
        onChange={useChooseTheme()}
      />
    </Section>
  );
}
