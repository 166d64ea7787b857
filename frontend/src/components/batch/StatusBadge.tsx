import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/cn";
import { EXPORT_STATUS, JOB_STATUS, LIBRARY_STATUS, VIDEO_STATUS } from "@/lib/status";
import type { BatchExport, BatchJobStatus, BatchVideoStatus } from "@/types/batch";

type Props = { className?: string } & (
  | { of: "job"; status: BatchJobStatus }
  | { of: "video"; status: BatchVideoStatus }
  | { of: "export"; status: BatchExport["status"] }
  | { of: "library"; status: string }
);

/** A status by its icon, its colour and its word. */
export function StatusBadge({ className, ...props }: Props) {
  const look = lookOf(props);
  const Icon = look.icon;
  return (
    <Badge tone={look.tone} className={className} data-status={props.status}>
      <Icon className={cn(look.spins && "animate-spin")} aria-hidden />
      {look.label}
    </Badge>
  );
}

function lookOf(props: Props) {
  if (props.of === "job") return JOB_STATUS[props.status];
  if (props.of === "video") return VIDEO_STATUS[props.status];
  if (props.of === "export") return EXPORT_STATUS[props.status];
  return LIBRARY_STATUS[props.status] ?? VIDEO_STATUS.pending;
}
