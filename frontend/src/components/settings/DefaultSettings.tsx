import { SlidersHorizontal } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Failure } from "@/components/layout/States";
import { Section } from "@/components/settings/Section";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { useTemplateAction, useTemplates } from "@/hooks/templates";
import { DEFAULT_SETTINGS, summary } from "@/lib/settings";
import type { SettingsTemplate } from "@/types/batch";

const DefaultSettingsDialog = lazy(() => import("@/components/settings/DefaultSettingsDialog"));

const OURS = "ours";

/** With which settings new batches begin: those of a template, or those that Dailies comes with. */
export function DefaultSettings() {
  const { data, error, isFetching, refetch } = useTemplates();
  return (
    <Section
      title="Default settings"
      description="New batches begin with these; each can still be changed before its upload."
    >
      {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
      {!data && !error && <Skeleton className="h-24 rounded-lg" />}
      {data && <Choice templates={data} />}
    </Section>
  );
}

function Choice({ templates }: { templates: readonly SettingsTemplate[] }) {
  const { mutate, isPending } = useTemplateAction();
  const [editing, setEditing] = useState(false);
  const chosen = templates.find((template) => template.is_default) ?? null;
  const choose = (id: string) => {
    if (id !== OURS) mutate({ kind: "change", id, is_default: true });
    else if (chosen) mutate({ kind: "change", id: chosen.id, is_default: false });
  };
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Begin with" className="w-72 max-w-full">
          {(ids) => (
            <Select
              {...ids}
              value={chosen?.id ?? OURS}
              disabled={isPending}
              onChange={choose}
              options={[
                { value: OURS, label: "What Dailies comes with" },
                ...templates.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          )}
        </Field>
        <Button variant="outline" onClick={() => setEditing(true)}>
          <SlidersHorizontal aria-hidden />
          {chosen ? "Change" : "Set your own"}
        </Button>
      </div>
      <ul className="flex flex-wrap gap-1.5" aria-label="In short">
        {summary(chosen?.settings ?? DEFAULT_SETTINGS).map((word) => (
          <li key={word}>
            <Badge tone="primary">{word}</Badge>
          </li>
        ))}
      </ul>
      {editing && (
        <Suspense fallback={null}>
          <DefaultSettingsDialog template={chosen} taken={templates} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </div>
  );
}
