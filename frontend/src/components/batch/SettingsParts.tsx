import { type ReactNode, useState } from "react";
import { CheckField } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { Select } from "@/components/ui/select";
import { Slider } from "@/components/ui/slider";
import { LANGUAGES, MODELS, type SettingsProblems, words } from "@/lib/settings";
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
  checked: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}

/** A thing that can be done to every video, and its settings while it is chosen. */
export function Part({ label, hint, checked, onChange, children }: PartProps) {
  return (
    <div className="grid gap-4">
      <CheckField label={label} hint={hint} checked={checked} onChange={onChange} />
      {checked && children && <div className="grid gap-4 pl-7.5">{children}</div>}
    </div>
  );
}

export function TranscriptFields({ settings, problems, onChange }: FieldsProps) {
  const known = MODELS.some(([value]) => value === settings.model);
  const own: [string, string][] = settings.model && !known ? [[settings.model, settings.model]] : [];
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Language">
          {(ids) => (
            <Select
              {...ids}
              value={settings.language ?? ANY}
              onChange={(code) => onChange({ language: code === ANY ? null : code })}
              options={[{ value: ANY, label: "Detect it" }, ...LANGUAGES.map(([value, label]) => ({ value, label }))]}
            />
          )}
        </Field>
        <Field label="Speech model">
          {(ids) => (
            <Select
              {...ids}
              value={settings.model ?? ANY}
              onChange={(model) => onChange({ model: model === ANY ? null : model })}
              options={[
                { value: ANY, label: "The installation's" },
                ...[...MODELS, ...own].map(([value, label]) => ({ value, label })),
              ]}
            />
          )}
        </Field>
      </div>
      <WordsField
        label="Names and terms"
        hint="What the model should listen for, separated by commas."
        placeholder="Dailies, Ada Lovelace"
        error={problems.vocabulary}
        value={settings.vocabulary}
        onChange={(vocabulary) => onChange({ vocabulary })}
      />
      <CheckField
        label="Subtitles inside the videos"
        hint="As a track that viewers switch on."
        checked={settings.embed_subtitles}
        onChange={(embed_subtitles) => onChange({ embed_subtitles })}
      />
    </>
  );
}

interface WordsProps {
  label: string;
  hint: string;
  placeholder: string;
  error?: string;
  value: string[];
  onChange: (value: string[]) => void;
}

function WordsField({ label, hint, placeholder, error, value, onChange }: WordsProps) {
  // What is typed may end with a comma for a moment.
  const [typed, setTyped] = useState(value.join(", "));
  const shown = words(typed).join() === value.join() ? typed : value.join(", ");
  return (
    <Field label={label} error={error} hint={hint}>
      {(ids) => (
        <Input
          {...ids}
          value={shown}
          placeholder={placeholder}
          onChange={(event) => {
            setTyped(event.target.value);
            onChange(words(event.target.value));
          }}
        />
      )}
    </Field>
  );
}

const MODES = [
  {
    value: "loudness" as const,
    label: "By loudness",
    hint: "What is quieter than a threshold goes, unless somebody speaks.",
  },
  { value: "speech" as const, label: "By speech", hint: "Whatever is not speech goes, however loud." },
];

export function SilenceFields({ settings, problems, onChange }: FieldsProps) {
  return (
    <>
      <RadioGroup
        label="What is cut"
        layout="cards"
        value={settings.silence_mode}
        choices={MODES}
        onChange={(silence_mode) => onChange({ silence_mode })}
      />
      {settings.silence_mode === "loudness" && <ThresholdFields settings={settings} onChange={onChange} />}
      <div className="grid gap-4 sm:grid-cols-3">
        <SecondsField
          label="Minimum duration (seconds)"
          hint="Shorter silences stay."
          range={[0.5, 5]}
          value={settings.min_silence_s}
          error={problems.min_silence_s}
          onChange={(min_silence_s) => onChange({ min_silence_s })}
        />
        <SecondsField
          label="Kept before sound (seconds)"
          hint="So that nothing begins at once."
          range={[0, 2]}
          value={settings.margin_before_s}
          error={problems.margin_before_s}
          onChange={(margin_before_s) => onChange({ margin_before_s })}
        />
        <SecondsField
          label="Kept after sound (seconds)"
          hint="So that words can fade away."
          range={[0, 2]}
          value={settings.margin_after_s}
          error={problems.margin_after_s}
          onChange={(margin_after_s) => onChange({ margin_after_s })}
        />
      </div>
    </>
  );
}

function ThresholdFields({ settings, onChange }: Omit<FieldsProps, "problems">) {
  const { auto_threshold: auto, silence_threshold: threshold } = settings;
  return (
    <>
      <div className="grid gap-1">
        <div className="numbers flex justify-between text-sm">
          <span className="font-medium">Silence threshold</span>
          <span>{auto ? "Of each video's own" : `${threshold} dB`}</span>
        </div>
        <Slider
          label="Silence threshold"
          min={-60}
          max={-20}
          value={threshold}
          disabled={auto}
          valueText={`${threshold} decibels`}
          onChange={(silence_threshold) => onChange({ silence_threshold })}
        />
        <div className="flex justify-between text-muted text-xs" aria-hidden>
          <span>Only real silence</span>
          <span>Quiet speech too</span>
        </div>
      </div>
      <CheckField
        label="Find the threshold in each video"
        hint="Between its own noise and its voices: for recordings from different places."
        checked={auto}
        onChange={(auto_threshold) => onChange({ auto_threshold })}
      />
    </>
  );
}

interface SecondsProps {
  label: string;
  hint: string;
  range: [number, number];
  value: number;
  error?: string;
  onChange: (value: number) => void;
}

function SecondsField({ label, hint, range: [min, max], value, error, onChange }: SecondsProps) {
  // What is typed may not be a number for a moment.
  const [typed, setTyped] = useState(String(value));
  const shown = Number.parseFloat(typed) === value || error ? typed : String(value);
  return (
    <Field label={label} error={error} hint={hint}>
      {(ids) => (
        <Input
          {...ids}
          type="number"
          inputMode="decimal"
          min={min}
          max={max}
          step={0.05}
          value={shown}
          onChange={(event) => {
            setTyped(event.target.value);
            onChange(Number.parseFloat(event.target.value));
          }}
        />
      )}
    </Field>
  );
}

export function HighlightFields({ settings, problems, onChange }: FieldsProps) {
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
      <WordsField
        label="Custom keywords"
        hint="Separated by commas, found in all their forms; they need a transcript."
        placeholder="launch, demo, question"
        error={problems.keywords}
        value={settings.keywords}
        onChange={(keywords) => onChange({ keywords })}
      />
    </>
  );
}
