import { Plus, Search } from "lucide-react";
import { lazy, Suspense, useCallback, useState } from "react";
import { Navigate, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { Announcer } from "@/components/layout/Announcer";
import { DropAnywhere } from "@/components/layout/DropAnywhere";
import { LiveIndicator } from "@/components/layout/LiveIndicator";
import { Logo } from "@/components/layout/Logo";
import { Navigation, usePlaces } from "@/components/layout/Navigation";
import { ShortcutsDialog } from "@/components/layout/ShortcutsDialog";
import { Failure } from "@/components/layout/States";
import { UserMenu } from "@/components/layout/UserMenu";
import { NoticeBell } from "@/components/notices/NoticeBell";
import { Button } from "@/components/ui/button";
import { UploadPanel } from "@/components/uploads/UploadPanel";
import { useMe } from "@/hooks/account";
import { LiveContext, useLiveConnection } from "@/hooks/live";
import { NewBatchContext } from "@/hooks/new-batch";
import { useOutcomeToasts } from "@/hooks/outcomes";
import { useThemeOf } from "@/hooks/preferences";
import { useShortcuts } from "@/hooks/shortcuts";
import { useUploadKeeper } from "@/hooks/uploads";
import type { Me } from "@/types/batch";

const BatchUploadModal = lazy(() => import("@/components/batch/BatchUploadModal"));
const CommandPalette = lazy(() => import("@/components/layout/CommandPalette"));

/** What is around every page of somebody who is signed in. */
export function Frame() {
  const me = useMe();
  const location = useLocation();
  if (me.isPending) return null;
  if (me.error) return <Failure error={me.error} onRetry={() => me.refetch()} retrying={me.isFetching} />;
  if (!me.data) {
    const next = location.pathname + location.search;
    return <Navigate to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
  }
  return <SignedIn key={me.data.id} me={me.data} />;
}

function SignedIn({ me }: { me: Me }) {
  const live = useLiveConnection(me.id, useOutcomeToasts());
  useThemeOf(me);
  const navigate = useNavigate();
  const places = usePlaces();
  const [files, setFiles] = useState<File[] | null>(null);
  const [open, setOpen] = useState<"batch" | "palette" | "shortcuts" | null>(null);
  useUploadKeeper(me.id);
  const newBatch = useCallback((chosen: File[] = []) => {
    setFiles(chosen);
    setOpen("batch");
  }, []);
  const isOpen = (next: typeof open) => (value: boolean) => setOpen(value ? next : null);
  useShortcuts({
    n: () => newBatch(),
    "mod+k": () => setOpen("palette"),
    "?": () => setOpen("shortcuts"),
    "/": () => document.querySelector<HTMLElement>("[data-filter]")?.focus(),
    ...Object.fromEntries(places.map(({ keys, to }) => [keys, () => void navigate(to)])),
  });
  return (
    <LiveContext value={live}>
      <NewBatchContext value={newBatch}>
        <a
          href="#content"
          className="sr-only z-70 rounded-lg bg-surface px-4 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to the content
        </a>
        <div className="lg:grid lg:min-h-dvh lg:grid-cols-[14rem_minmax(0,1fr)]">
          <aside className="sticky top-0 hidden h-dvh flex-col gap-6 border-line border-r px-4 py-5 lg:flex">
            <div className="px-2">
              <Logo />
            </div>
            <Button onClick={() => newBatch()}>
              <Plus aria-hidden />
              New batch
            </Button>
            <Navigation kind="side" />
          </aside>
          <div className="flex min-w-0 flex-col pb-20 lg:pb-0">
            <header className="sticky top-0 z-30 flex h-14 items-center justify-between gap-3 border-line border-b bg-background/90 px-4 backdrop-blur sm:px-6 lg:px-8">
              <div className="lg:hidden">
                <Logo />
              </div>
              <Button
                variant="outline"
                size="small"
                className="hidden w-64 justify-start text-muted lg:flex"
                onClick={() => setOpen("palette")}
              >
                <Search aria-hidden />
                <span className="flex-1 text-left font-normal">Search or jump to…</span>
                <kbd className="font-sans text-xs">Ctrl K</kbd>
              </Button>
              <div className="flex items-center gap-2">
                <LiveIndicator />
                <Button
                  variant="outline"
                  size="icon-small"
                  className="lg:hidden"
                  aria-label="New batch"
                  onClick={() => newBatch()}
                >
                  <Plus aria-hidden />
                </Button>
                <NoticeBell />
                <UserMenu onShortcuts={() => setOpen("shortcuts")} />
              </div>
            </header>
            <main id="content" tabIndex={-1} className="flex-1 outline-none">
              <Suspense fallback={null}>
                <Outlet />
              </Suspense>
            </main>
          </div>
          <div className="fixed inset-x-0 bottom-0 z-30 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden">
            <Navigation kind="bottom" />
          </div>
        </div>
        <UploadPanel hidden={open === "batch"} />
        <DropAnywhere onFiles={newBatch} />
        <Announcer />
        <ScrollRestoration />
        <ShortcutsDialog open={open === "shortcuts"} onOpenChange={isOpen("shortcuts")} />
        <Suspense fallback={null}>
          {open === "palette" && <CommandPalette open onOpenChange={isOpen("palette")} onNewBatch={() => newBatch()} />}
          {files && (
            <BatchUploadModal
              open={open === "batch"}
              onOpenChange={(value) => {
                setOpen(value ? "batch" : null);
                if (!value) setFiles(null);
              }}
              initialFiles={files}
              onComplete={(batch) => {
                setOpen(null);
                setFiles(null);
                void navigate(`/batches/${batch.id}`);
              }}
            />
          )}
        </Suspense>
      </NewBatchContext>
    </LiveContext>
  );
}
