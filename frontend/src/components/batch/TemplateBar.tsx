import { BookmarkPlus, Pencil, Settings2, Star, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useTemplateAction, useTemplates } from "@/hooks/templates";
import { summary } from "@/lib/settings";
import type { BatchSettings, SettingsTemplate } from "@/types/batch";

interface Props {
  settings: BatchSettings;
  onLoad: (settings: BatchSettings) => void;
}

/** Load settings from a template, save them as one, and look after templates. */
export function TemplateBar({ settings, onLoad }: Props) {
  const { data: templates, error } = useTemplates();
  const [open, setOpen] = useState<"save" | "manage" | null>(null);
  const [loaded, setLoaded] = useState("");
  const load = (id: string) => {
    const template = templates?.find((one) => one.id === id);
    if (!template) return;
    setLoaded(id);
    onLoad(template.settings);
  };
  const none = !templates || templates.length === 0;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        aria-label="Load template"
        className="min-w-40 flex-1 max-sm:basis-full"
        value={templates?.some((one) => one.id === loaded) ? loaded : ""}
        placeholder={error ? "Templates cannot be loaded" : none ? "No templates yet" : "Load a template"}
        disabled={none}
        onChange={load}
        options={(templates ?? []).map((one) => ({
          value: one.id,
          label: one.is_default ? `${one.name} (default)` : one.name,
        }))}
      />
      <Button variant="outline" className="max-sm:flex-1" onClick={() => setOpen("save")}>
        <BookmarkPlus aria-hidden />
        Save as template
      </Button>
      <Button
        variant="outline"
        size="icon"
        aria-label="Manage templates"
        disabled={none}
        onClick={() => setOpen("manage")}
      >
        <Settings2 aria-hidden />
      </Button>
      {open === "save" && <SaveDialog settings={settings} taken={templates ?? []} onClose={() => setOpen(null)} />}
      <Dialog open={open === "manage"} onOpenChange={(value) => setOpen(value ? "manage" : null)} title="Templates">
        <ul className="grid gap-2">
          {templates?.map((template) => (
            <TemplateRow key={template.id} template={template} />
          ))}
        </ul>
        {none && <p className="text-muted text-sm">There are no templates any more.</p>}
      </Dialog>
    </div>
  );
}

function SaveDialog(props: { settings: BatchSettings; taken: readonly SettingsTemplate[]; onClose: () => void }) {
  const { settings, taken, onClose } = props;
  const [name, setName] = useState("");
  const [isDefault, setDefault] = useState(false);
  const { mutate, isPending } = useTemplateAction();
  const known = taken.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
  const save = (event: FormEvent) => {
    event.preventDefault();
    // A form inside of another dialog's form: only this one is meant.
    event.stopPropagation();
    if (!name.trim()) return;
    const facts = { settings, is_default: isDefault };
    mutate(known ? { kind: "change", id: known.id, ...facts } : { kind: "save", name: name.trim(), ...facts }, {
      onSuccess: onClose,
    });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Save as template"
      description={summary(settings).join(", ")}
      footer={
        <Button type="submit" form="save-template" busy={isPending} disabled={!name.trim()}>
          {known ? "Replace template" : "Save template"}
        </Button>
      }
    >
      <form id="save-template" onSubmit={save} className="grid gap-4">
        <Field label="Name" hint={known ? `Replaces the settings of “${known.name}”.` : undefined}>
          {(ids) => (
            <Input {...ids} value={name} maxLength={60} autoFocus onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <CheckField
          label="Use for new batches"
          hint="New batches begin with these settings."
          checked={isDefault}
          onChange={setDefault}
        />
      </form>
    </Dialog>
  );
}

function TemplateRow({ template }: { template: SettingsTemplate }) {
  const { mutate, isPending } = useTemplateAction();
  const [name, setName] = useState<string | null>(null);
  const rename = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (name?.trim())
      mutate({ kind: "change", id: template.id, name: name.trim() }, { onSuccess: () => setName(null) });
  };
  if (name !== null) {
    return (
      <li>
        <form onSubmit={rename} className="flex gap-2">
          <Input
            aria-label="New name"
            value={name}
            maxLength={60}
            autoFocus
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" busy={isPending}>
            Rename
          </Button>
        </form>
      </li>
    );
  }
  return (
    <li className="flex items-center gap-1 rounded-lg border border-line py-2 pr-2 pl-4">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-sm">{template.name}</p>
        <p className="truncate text-muted text-xs">{summary(template.settings).join(", ")}</p>
      </div>
      <Button
        variant="ghost"
        size="icon-small"
        aria-pressed={template.is_default}
        aria-label={template.is_default ? `${template.name} is the default` : `Make ${template.name} the default`}
        onClick={() => mutate({ kind: "change", id: template.id, is_default: !template.is_default })}
      >
        <Star aria-hidden className={template.is_default ? "fill-primary text-primary" : undefined} />
      </Button>
      <Button
        variant="ghost"
        size="icon-small"
        aria-label={`Rename ${template.name}`}
        onClick={() => setName(template.name)}
      >
        <Pencil aria-hidden />
      </Button>
      <Button
        variant="ghost"
        size="icon-small"
        aria-label={`Delete ${template.name}`}
        disabled={isPending}
        onClick={() => mutate({ kind: "delete", template })}
      >
        <Trash2 aria-hidden />
      </Button>
    </li>
  );
}
