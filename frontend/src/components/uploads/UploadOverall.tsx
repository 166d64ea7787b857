import { Progress } from "@/components/ui/progress";
import type { UploadSums } from "@/hooks/uploads";
import { formatBytes, formatRemaining } from "@/lib/format";

/** Several uploads together: percentage, speed and time left. */
export function UploadOverall({ sums, speed, label }: { sums: UploadSums; speed: number; label: string }) {
  return (
    <div className="grid gap-1.5">
      <Progress
        value={sums.percent}
        label={label}
        tone={sums.failed > 0 && !sums.busy ? "bad" : "primary"}
        size="large"
      />
      <div className="numbers flex flex-wrap justify-between gap-x-4 text-muted text-xs">
        <span>
          {Math.floor(sums.percent)}% · {formatBytes(sums.sent)} of {formatBytes(sums.size)}
        </span>
        <span className="text-right">
          {sums.busy && speed > 1000 ? `${formatBytes(speed)}/s` : ""}
          {sums.remainingS !== null && ` · ${formatRemaining(sums.remainingS)}`}
        </span>
      </div>
    </div>
  );
}
