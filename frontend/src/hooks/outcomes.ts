/** Tells people what ended, several things in one sentence. */
import { useCallback, useEffect, useRef } from "react";
import { useNavigate } from "react-router";
import { toast } from "sonner";
import type { Outcome } from "@/hooks/live-cache";
import { announce } from "@/lib/announcer";
import { listed } from "@/lib/format";
import type { Notice } from "@/types/batch";

const TOGETHER_MS = 1500;

interface Told {
  batchId: string;
  name: string;
  done: number;
  failed: number;
  over: "completed" | "failed" | null;
  lastError: string | null;
}

/** What is said of one batch. */
export function sentence({ name, done, failed, over }: Omit<Told, "batchId" | "lastError">): string {
  const counts = [done > 0 && `${done} done`, failed > 0 && `${failed} failed`].filter((part) => part !== false);
  if (over === "completed") return counts.length ? `${name} is finished: ${listed(counts)}` : `${name} is finished`;
  if (over === "failed") return `${name} failed`;
  return `${name}: ${listed(counts)}`;
}

/** Takes outcomes and shows them, grouped, as toasts in the tab that is looked at. */
export function useOutcomeToasts(): (outcomes: Outcome[]) => void {
  const navigate = useNavigate();
  const go = useRef(navigate);
  go.current = navigate;
  const waiting = useRef(new Map<string, Told>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const flush = useCallback(() => {
    timer.current = undefined;
    const all = [...waiting.current.values()];
    waiting.current.clear();
    if (document.visibilityState === "hidden") return;
    for (const told of all) {
      const text = sentence(told);
      const bad = told.over === "failed" || (told.failed > 0 && told.done === 0 && !told.over);
      const show = bad ? toast.error : toast.success;
      announce(text);
      show(text, {
        id: `batch/${told.batchId}`,
        description: told.lastError ?? undefined,
        action: { label: "View", onClick: () => go.current(`/batches/${told.batchId}`) },
      });
    }
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (outcomes) => {
      for (const outcome of outcomes) {
        if (outcome.about === "notice") {
          tellNotice(outcome.notice, go.current);
          continue;
        }
        if (outcome.about === "export") {
          tellExport(outcome.export, go.current);
          continue;
        }
        const [batchId, name] =
          outcome.about === "video" ? [outcome.batchId, outcome.batchName] : [outcome.batch.id, outcome.batch.name];
        const none: Told = { batchId, name, done: 0, failed: 0, over: null, lastError: null };
        const told = waiting.current.get(batchId) ?? none;
        if (outcome.about === "batch") {
          // At its end all of it counts, not only what ended a moment ago.
          told.over = outcome.batch.status === "failed" ? "failed" : "completed";
          told.done = outcome.batch.completed_videos;
          told.failed = outcome.batch.failed_videos;
        } else if (told.over) continue;
        else if (outcome.video.status === "completed") told.done += 1;
        else {
          told.failed += 1;
          told.lastError = `${outcome.video.name}: ${outcome.video.error_message ?? "no reason was given"}`;
        }
        waiting.current.set(batchId, told);
      }
      timer.current ??= setTimeout(flush, TOGETHER_MS);
    },
    [flush],
  );
}

/** What ends is told of by itself; here is what only a notice tells. */
function tellNotice(notice: Notice, go: (to: string) => void): void {
  if (/^(batch|export)_/.test(notice.kind) || document.visibilityState === "hidden") return;
  announce(`${notice.title}. ${notice.text}`);
  const { link } = notice;
  toast.info(notice.title, {
    id: `notice/${notice.id}`,
    description: notice.text,
    action: link ? { label: "View", onClick: () => go(link) } : undefined,
  });
}

function tellExport(made: Extract<Outcome, { about: "export" }>["export"], go: (to: string) => void): void {
  const ready = made.status === "completed";
  const text = ready ? `${made.file_name ?? "Your export"} is ready` : "An export failed";
  announce(text);
  const options = {
    id: `export/${made.id}`,
    description: ready ? undefined : (made.error_message ?? undefined),
    action: { label: ready ? "Download" : "View", onClick: () => open(made, go) },
  };
  if (ready) toast.success(text, options);
  else toast.error(text, options);
}

function open(made: Extract<Outcome, { about: "export" }>["export"], go: (to: string) => void): void {
  if (made.download_url) window.location.assign(made.download_url);
  else go(`/batches/${made.batch_job_id}`);
}
