import { Ear, Scissors, Undo2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { moment, REASONS } from "@/lib/cuts";
import { plural } from "@/lib/format";
import type { Stretch } from "@/types/batch";

interface Props {
  label: string;
  stretches: readonly Stretch[];
  /** Whether they are cut, or kept although they would have been. */
  cut: boolean;
  disabled: boolean;
  onHear: (stretch: Stretch) => void;
  onTurn: (stretch: Stretch) => void;
}

const AT_ONCE = 50;

/** Stretches with their reasons: to be heard, and to be kept or cut. */
export function CutRows({ label, stretches, cut, disabled, onHear, onTurn }: Props) {
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <div className="grid gap-2">
      <ol className="grid gap-1" aria-label={label}>
        {stretches.slice(0, shown).map((one) => {
          const place = `${moment(one.start_s)} to ${moment(one.end_s)}`;
          return (
            <li
              key={`${one.start_s} ${one.end_s}`}
              className="numbers flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg px-2 py-1 text-sm hover:bg-sunken"
            >
              <span className="w-36 shrink-0">
                {moment(one.start_s)} – {moment(one.end_s)}
              </span>
              <span className="w-14 shrink-0 text-muted">{(one.end_s - one.start_s).toFixed(1)} s</span>
              <Badge tone={one.why === "by_hand" ? "primary" : "idle"}>{REASONS[one.why]}</Badge>
              <span className="ml-auto flex gap-1">
                <Button variant="ghost" size="small" aria-label={`Hear ${place}`} onClick={() => onHear(one)}>
                  <Ear aria-hidden />
                  {cut ? "Hear the join" : "Hear it"}
                </Button>
                <Button
                  variant="outline"
                  size="small"
                  disabled={disabled}
                  aria-label={`${cut ? "Keep" : "Cut"} ${place}`}
                  onClick={() => onTurn(one)}
                >
                  {cut ? <Undo2 aria-hidden /> : <Scissors aria-hidden />}
                  {cut ? "Keep" : "Cut"}
                </Button>
              </span>
            </li>
          );
        })}
      </ol>
      {stretches.length > shown && (
        <Button variant="ghost" size="small" onClick={() => setShown(shown + AT_ONCE * 4)}>
          Show more: {plural(stretches.length - shown, "is", "are")} left
        </Button>
      )}
    </div>
  );
}
