import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { ExportFields } from "@/components/batch/ExportFields";
import {
  type FieldsProps,
  HighlightFields,
  Part,
  SilenceFields,
  TranscriptFields,
} from "@/components/batch/SettingsParts";
import { TemplateBar } from "@/components/batch/TemplateBar";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Collapsible } from "@/components/ui/collapsible";
import { Separator } from "@/components/ui/separator";
import { DEFAULT_SETTINGS, settingsProblems, settingsWarnings, summary } from "@/lib/settings";
import type { BatchSettings } from "@/types/batch";

interface Props {
  initialSettings?: BatchSettings;
  /** Hears of every change. */
  onChange: (settings: BatchSettings) => void;
  /** Only what is done, with everything else behind "Advanced settings". */
  short?: boolean;
}

/** All settings of a batch, with templates to load them from and save them to. */
export function BatchSettingsForm({ initialSettings = DEFAULT_SETTINGS, onChange, short = false }: Props) {
  const [settings, setSettings] = useState(initialSettings);
  const problems = settingsProblems(settings);
  const warnings = settingsWarnings(settings);
  const put = (next: BatchSettings) => {
    setSettings(next);
    onChange(next);
  };
  const set = (change: Partial<BatchSettings>) => put({ ...settings, ...change });
  const fields: FieldsProps = { settings, problems, onChange: set };
  return (
    <div className="grid gap-5">
      <TemplateBar settings={settings} onLoad={put} />
      <Part
        label="Transcribe"
        hint="Writes a transcript and subtitles."
        checked={settings.transcribe}
        onChange={(transcribe) => set({ transcribe })}
      >
        {!short && <TranscriptFields {...fields} />}
      </Part>
      {!short && <Separator />}
      <Part
        label="Remove silence"
        hint="Cuts out what is quiet or not speech for long enough, and never a word."
        checked={settings.remove_silence}
        onChange={(remove_silence) => set({ remove_silence })}
      >
        {!short && <SilenceFields {...fields} />}
      </Part>
      {!short && <Separator />}
      <Part
        label="Detect highlights"
        hint="Finds the passages worth showing first."
        checked={settings.detect_highlights}
        onChange={(detect_highlights) => set({ detect_highlights })}
      >
        {!short && <HighlightFields {...fields} />}
      </Part>
      {short ? (
        <Collapsible title="Advanced settings" aside={summary(settings).slice(-1)[0]}>
          <div className="grid gap-6 rounded-xl border border-line p-4">
            {settings.transcribe && <TranscriptFields {...fields} />}
            {settings.remove_silence && <SilenceFields {...fields} />}
            {settings.detect_highlights && <HighlightFields {...fields} />}
            <ExportFields {...fields} />
          </div>
        </Collapsible>
      ) : (
        <>
          <Separator />
          <ExportFields {...fields} />
        </>
      )}
      {warnings.length > 0 && (
        <Alert tone="busy" live={false}>
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Alert>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-sunken px-4 py-2.5">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, and these are words. */}
        <div className="flex flex-wrap gap-1.5" role="group" aria-label="Selected settings">
          {summary(settings).map((word) => (
            <Badge key={word} tone="primary">
              {word}
            </Badge>
          ))}
        </div>
        <Button variant="ghost" size="small" onClick={() => put(DEFAULT_SETTINGS)}>
          <RotateCcw aria-hidden />
          Reset to defaults
        </Button>
      </div>
    </div>
  );
}
