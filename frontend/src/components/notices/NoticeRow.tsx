import {
  CircleAlert,
  CircleCheck,
  FolderDown,
  FolderX,
  Gauge,
  type LucideIcon,
  Trash2,
  Unplug,
  UserRound,
} from "lucide-react";
import { Link } from "react-router";
import { When } from "@/components/layout/When";
import { useReadNotices } from "@/hooks/notices";
import { cn } from "@/lib/cn";
import type { Notice } from "@/types/batch";

const LOOKS: Record<Notice["kind"], { icon: LucideIcon; tone: string }> = {
  batch_completed: { icon: CircleCheck, tone: "bg-good-soft text-good" },
  batch_failed: { icon: CircleAlert, tone: "bg-bad-soft text-bad" },
  export_ready: { icon: FolderDown, tone: "bg-good-soft text-good" },
  export_failed: { icon: FolderX, tone: "bg-bad-soft text-bad" },
  quota: { icon: Gauge, tone: "bg-busy-soft text-busy" },
  deletion_announced: { icon: Trash2, tone: "bg-busy-soft text-busy" },
  webhook_disabled: { icon: Unplug, tone: "bg-bad-soft text-bad" },
  account: { icon: UserRound, tone: "bg-info-soft text-info" },
};

interface Props {
  notice: Notice;
  /** It was opened. */
  onOpen?: () => void;
}

/** A notice; opening what it is about marks it as read. */
export function NoticeRow({ notice, onOpen }: Props) {
  const { mutate: read } = useReadNotices();
  const unread = notice.read_at === null;
  const { icon: Icon, tone } = LOOKS[notice.kind];
  const open = () => {
    if (unread) read(notice);
    onOpen?.();
  };
  const content = (
    <>
      <span className={cn("mt-0.5 grid size-8 shrink-0 place-items-center rounded-full", tone)}>
        <Icon className="size-4" aria-hidden />
      </span>
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className={cn("break-words text-sm", unread ? "font-semibold" : "font-medium")}>
          {unread && <span className="sr-only">Unread: </span>}
          {notice.title}
        </span>
        <span className="break-words text-[0.8125rem] text-muted">{notice.text}</span>
        <When at={notice.created_at} className="text-muted text-xs" />
      </span>
      {unread && <span className="mt-2 size-2 shrink-0 rounded-full bg-primary" aria-hidden />}
    </>
  );
  const classes = "flex w-full items-start gap-3 px-4 py-3 text-left hover:bg-sunken";
  return (
    <li data-notice={notice.id} data-unread={unread || undefined}>
      {notice.link ? (
        <Link to={notice.link} className={classes} onClick={open}>
          {content}
        </Link>
      ) : (
        <button type="button" className={classes} onClick={open}>
          {content}
        </button>
      )}
    </li>
  );
}
