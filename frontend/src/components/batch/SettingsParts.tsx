import { type ReactNode, useState } from "react";
import { Badge } from "@/components/ui/badge";
import { CheckField } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { Select } from "@/components/ui/select";
import { Slider } from "@/components/ui/slider";
import { LANGUAGES, type SettingsProblems, words } from "@/lib/settings";
import type { BatchSettings, HighlightSensitivity } from "@/types/batch";

export interface FieldsProps {
  settings: BatchSettings;
  problems: SettingsProblems;
  onChange: (change: Partial<BatchSettings>) => void;
}

const ANY = "any";
const SENSITIVITIES: { value: HighlightSensitivity; label: string }[] = [
  { value: "low", label: "Low" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High" },
  { value: "max", label: "Max" },
];

interface PartProps {
  label: string;
  hint: string;
  soon?: { available: boolean; hint: string };
  checked: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}

/** A thing that can be done to every video, and its settings while it is chosen. */
export function Part({ label, hint, soon, checked, onChange, children }: PartProps) {
  const available = soon?.available ?? true;
  return (
    <div className="grid gap-4">
      <CheckField
        label={label}
        hint={
          <>
            {hint} {!available && <Badge className="py-0">{soon?.hint}</Badge>}
          </>
        }
        checked={checked && available}
        disabled={!available}
        onChange={onChange}
      />
      {checked && available && children && <div className="grid gap-4 pl-7.5">{children}</div>}
    </div>
  );
}

export function TranscriptFields({ settings, onChange }: FieldsProps) {
  return (
    <Field label="Language" className="max-w-64">
      {(ids) => (
        <Select
          {...ids}
          value={settings.language ?? ANY}
          onChange={(code) => onChange({ language: code === ANY ? null : code })}
          options={[{ value: ANY, label: "Detect it" }, ...LANGUAGES.map(([value, label]) => ({ value, label }))]}
        />
      )}
    </Field>
  );
}

export function SilenceFields({ settings, problems, onChange }: FieldsProps) {
  // What is typed may not be a number for a moment.
  const [typed, setTyped] = useState(String(settings.min_silence_s));
  const shown =
    Number.parseFloat(typed) === settings.min_silence_s || problems.min_silence_s
      ? typed
      : String(settings.min_silence_s);
  return (
    <>
      <div className="grid gap-1">
        <div className="numbers flex justify-between text-sm">
          <span className="font-medium">Silence threshold</span>
          <span>{settings.silence_threshold} dB</span>
        </div>
        <Slider
          label="Silence threshold"
          min={-60}
          max={-20}
          value={settings.silence_threshold}
          valueText={`${settings.silence_threshold} decibels`}
          onChange={(silence_threshold) => onChange({ silence_threshold })}
        />
        <div className="flex justify-between text-muted text-xs" aria-hidden>
          <span>Only real silence</span>
          <span>Quiet speech too</span>
        </div>
      </div>
      <Field
        label="Minimum duration (seconds)"
        error={problems.min_silence_s}
        hint="Shorter silences stay."
        className="max-w-64"
      >
        {(ids) => (
          <Input
            {...ids}
            type="number"
            inputMode="decimal"
            min={0.5}
            max={5}
            step={0.1}
            value={shown}
            onChange={(event) => {
              setTyped(event.target.value);
              onChange({ min_silence_s: Number.parseFloat(event.target.value) });
            }}
          />
        )}
      </Field>
    </>
  );
}

export function HighlightFields({ settings, problems, onChange }: FieldsProps) {
  // What is typed may end with a comma for a moment.
  const [typed, setTyped] = useState(settings.keywords.join(", "));
  const shown = words(typed).join() === settings.keywords.join() ? typed : settings.keywords.join(", ");
  return (
    <>
      <div className="grid gap-1.5">
        <span className="font-medium text-sm">Sensitivity</span>
        <RadioGroup
          label="Sensitivity"
          value={settings.highlight_sensitivity}
          choices={SENSITIVITIES}
          onChange={(highlight_sensitivity) => onChange({ highlight_sensitivity })}
        />
      </div>
      <Field label="Custom keywords" error={problems.keywords} hint="Separated by commas.">
        {(ids) => (
          <Input
            {...ids}
            value={shown}
            placeholder="launch, demo, question"
            onChange={(event) => {
              setTyped(event.target.value);
              onChange({ keywords: words(event.target.value) });
            }}
          />
        )}
      </Field>
    </>
  );
}
