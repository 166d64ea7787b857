import { Bell } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { Link } from "react-router";
import { NoticeRow } from "@/components/notices/NoticeRow";
import { Button } from "@/components/ui/button";
import { useNotices, useReadNotices } from "@/hooks/notices";
import { plural } from "@/lib/format";

const SHOWN = 6;

/** How much there is to read, and the newest of it. */
export function NoticeBell() {
  const [open, setOpen] = useState(false);
  const { data } = useNotices({ limit: SHOWN });
  const read = useReadNotices();
  const unread = data?.unread ?? 0;
  const close = () => setOpen(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button
          variant="outline"
          size="icon-small"
          className="relative"
          aria-label={unread > 0 ? `Notices, ${unread} unread` : "Notices"}
        >
          <Bell aria-hidden />
          {unread > 0 && (
            <span
              data-testid="unread"
              className="numbers absolute -top-1.5 -right-1.5 grid h-4.5 min-w-4.5 place-items-center rounded-full bg-primary px-1 font-semibold text-[0.6875rem] text-on-primary leading-none"
              aria-hidden
            >
              {unread > 99 ? "99+" : unread}
            </span>
          )}
        </Button>
      </Popover.Trigger>
      <span role="status" className="sr-only">
        {unread > 0 && plural(unread, "unread notice")}
      </span>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label="Notices"
          className="z-60 flex max-h-[min(34rem,80dvh)] w-[min(24rem,calc(100vw-1.5rem))] flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-float outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-95"
        >
          <div className="flex items-center justify-between gap-3 border-line border-b px-4 py-2.5">
            <h2 className="font-semibold text-sm">Notices</h2>
            {unread > 0 && (
              <Button variant="link" size="inline" busy={read.isPending} onClick={() => read.mutate(null)}>
                Mark all as read
              </Button>
            )}
          </div>
          {data && data.notices.length > 0 ? (
            <ul className="min-h-0 divide-y divide-line overflow-y-auto" aria-label="Newest notices">
              {data.notices.map((notice) => (
                <NoticeRow key={notice.id} notice={notice} onOpen={close} />
              ))}
            </ul>
          ) : (
            <p className="px-4 py-10 text-center text-muted text-sm">
              Nothing yet. What happens overnight is told here.
            </p>
          )}
          <div className="flex justify-between gap-3 border-line border-t px-4 py-2.5 text-sm">
            <Link to="/notices" className="font-medium text-primary hover:underline" onClick={close}>
              All notices
            </Link>
            <Link to="/settings/notifications" className="text-muted hover:underline" onClick={close}>
              Settings
            </Link>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
