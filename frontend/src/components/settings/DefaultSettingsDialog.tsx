import { useState } from "react";
import { BatchSettingsForm } from "@/components/batch/BatchSettingsForm";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useTemplateAction } from "@/hooks/templates";
import { DEFAULT_SETTINGS, settingsProblems } from "@/lib/settings";
import type { BatchSettings, SettingsTemplate } from "@/types/batch";

const NAME = "My defaults";

interface Props {
  /** The template that new batches begin with; null when none was chosen, and one is made. */
  template: SettingsTemplate | null;
  taken: readonly SettingsTemplate[];
  onClose: () => void;
}

/** All settings that new batches begin with. They are kept as a template. */
export default function DefaultSettingsDialog({ template, taken, onClose }: Props) {
  const [settings, setSettings] = useState<BatchSettings>(template?.settings ?? DEFAULT_SETTINGS);
  const { mutate, isPending } = useTemplateAction();
  const wrong = Object.values(settingsProblems(settings))[0];
  const save = () => {
    if (wrong) return;
    const known = template ?? taken.find((one) => one.name.toLowerCase() === NAME.toLowerCase());
    const facts = { settings, is_default: true };
    mutate(known ? { kind: "change", id: known.id, ...facts } : { kind: "save", name: NAME, ...facts }, {
      onSuccess: onClose,
    });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="wide"
      title="Default settings"
      description={`Kept as the template “${template?.name ?? NAME}”.`}
      footer={
        <>
          {wrong && <p className="mr-auto text-bad text-sm">{wrong}</p>}
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button busy={isPending} disabled={!!wrong} onClick={save}>
            Save
          </Button>
        </>
      }
    >
      <BatchSettingsForm initialSettings={settings} onChange={setSettings} />
    </Dialog>
  );
}
