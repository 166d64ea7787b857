import { useRef } from "react";
import { Older } from "@/components/layout/Older";
import { When } from "@/components/layout/When";
import { ACTS, actorOf, detailOf, whenceOf } from "@/lib/audit";
import { cn } from "@/lib/cn";
import type { AuditEntry, AuditLog } from "@/types/people";

interface Props {
  pages: readonly AuditLog[];
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  label: string;
  /** Whether it is of several accounts, so that each entry says whose it is. */
  ofMany?: boolean;
}

/** Entries of the audit log, newest first. */
export function AuditList({ pages, query, label, ofMany }: Props) {
  const list = useRef<HTMLUListElement>(null);
  return (
    <>
      <ul ref={list} className="divide-y divide-line" aria-label={label}>
        {pages
          .flatMap(({ entries }) => entries)
          .map((entry) => (
            <Row key={entry.id} entry={entry} ofMany={ofMany} />
          ))}
      </ul>
      <Older list={list} query={query} label="Show older entries" />
    </>
  );
}

function Row({ entry, ofMany }: { entry: AuditEntry; ofMany?: boolean }) {
  const { label, icon: Icon, alarming } = ACTS[entry.action];
  const detail = detailOf(entry);
  const told = [actorOf(entry), whenceOf(entry)].filter(Boolean).join(" · ");
  return (
    <li className="flex items-start gap-3 px-5 py-3" tabIndex={-1} data-action={entry.action}>
      <span
        className={cn(
          "mt-0.5 grid size-8 shrink-0 place-items-center rounded-full",
          alarming ? "bg-busy-soft text-busy" : "bg-sunken text-muted",
        )}
      >
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[minmax(0,1fr)_auto]">
        <p className="break-words text-sm">
          <span className="font-medium">{label}</span>
          {ofMany && <span> · {entry.email || "an account that is gone"}</span>}
          {detail && <span className="text-muted"> · {detail}</span>}
        </p>
        <When at={entry.at} className="text-muted text-xs sm:row-span-2 sm:text-right" />
        {told && <p className="break-words text-[0.8125rem] text-muted">{told}</p>}
      </div>
    </li>
  );
}
