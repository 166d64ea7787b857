import { Ear, Scissors, Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import type { Span } from "@/lib/cuts";
import type { CutEdit } from "@/types/batch";

interface Props {
  selection: Span | null;
  duration: number;
  disabled: boolean;
  onSelect: (span: Span | null) => void;
  onDo: (action: CutEdit["action"], span: Span) => void;
  onHear: (span: Span) => void;
}

const number = (text: string) => Number.parseFloat(text.replace(",", "."));
const shown = (seconds: number | undefined) => (seconds === undefined ? "" : String(Math.round(seconds * 100) / 100));

/** A stretch in numbers, and what can be done with it: what drawing over the waveform does for the mouse. */
export function SelectionFields({ selection, duration, disabled, onSelect, onDo, onHear }: Props) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  useEffect(() => {
    setFrom(shown(selection?.start_s));
    setTo(shown(selection?.end_s));
  }, [selection]);
  const span = { start_s: number(from), end_s: Math.min(number(to), duration) };
  const right = span.start_s >= 0 && span.start_s < span.end_s;
  const wrong = from && to && !right ? `It has to end after its beginning, within ${shown(duration)} s.` : null;
  // Whoever types has chosen once both numbers make sense.
  const settle = () => right && onSelect(span);
  return (
    <div className="flex flex-wrap items-start gap-3">
      <Field label="From (seconds)" className="w-28">
        {(ids) => (
          <Input
            {...ids}
            inputMode="decimal"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            onBlur={settle}
          />
        )}
      </Field>
      <Field label="To (seconds)" className="w-28" error={wrong}>
        {(ids) => (
          <Input
            {...ids}
            inputMode="decimal"
            value={to}
            onChange={(event) => setTo(event.target.value)}
            onBlur={settle}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2 sm:pt-7">
        <Button variant="outline" size="small" disabled={!right || disabled} onClick={() => onDo("cut", span)}>
          <Scissors aria-hidden />
          Cut it
        </Button>
        <Button variant="outline" size="small" disabled={!right || disabled} onClick={() => onDo("keep", span)}>
          <Undo2 aria-hidden />
          Keep it
        </Button>
        <Button variant="ghost" size="small" disabled={!right} onClick={() => onHear(span)}>
          <Ear aria-hidden />
          Hear it
        </Button>
      </div>
    </div>
  );
}
