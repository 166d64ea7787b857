import { Globe, LogOut, Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { Loaded } from "@/components/layout/Loaded";
import { When } from "@/components/layout/When";
import { Section } from "@/components/settings/Section";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/checkbox";
import { useSignOut } from "@/hooks/account";
import { useEndSession, useSessions, useSignOutEverywhere } from "@/hooks/security";
import { formatAbsolute } from "@/lib/format";
import type { Session } from "@/types/people";

/** Where somebody is signed in, and the way out of each. */
export function SessionsSection() {
  const sessions = useSessions();
  const [asked, setAsked] = useState(false);
  const [staysHere, setStaysHere] = useState(true);
  const everywhere = useSignOutEverywhere();
  return (
    <Section
      title="Where you are signed in"
      description="If you do not know one of them, sign it out and change your password."
      actions={
        <Button variant="outline" size="small" busy={everywhere.isPending} onClick={() => setAsked(true)}>
          <LogOut aria-hidden />
          Sign out everywhere
        </Button>
      }
    >
      <Loaded query={sessions}>
        {(all) => (
          <ul className="-my-4 divide-y divide-line" aria-label="Sessions">
            {[...all].sort(thisFirst).map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        )}
      </Loaded>
      <AlertDialog
        open={asked}
        onOpenChange={setAsked}
        title="Sign out everywhere?"
        action="Sign out"
        cancel="Leave it"
        onConfirm={() => everywhere.mutate(staysHere)}
      >
        <p className="mb-4">
          Whoever uses those browsers has to sign in again. API keys go on; revoke them one by one.
        </p>
        <CheckField label="Stay signed in here" checked={staysHere} onChange={setStaysHere} />
      </AlertDialog>
    </Section>
  );
}

function thisFirst(one: Session, other: Session): number {
  return Number(other.current) - Number(one.current);
}

function Row({ session }: { session: Session }) {
  const end = useEndSession();
  const signOut = useSignOut();
  const Icon = /iPhone|iPad|Android/.test(session.device) ? Smartphone : session.device === "Unknown" ? Globe : Monitor;
  return (
    <li className="flex items-start gap-3 py-4" data-session={session.current ? "current" : "other"}>
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-sunken text-muted">
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
          <span className="inline-block first-letter:uppercase">
            {session.device === "Unknown" ? "Unknown browser" : session.device}
          </span>
          {session.current && <Badge tone="good">This browser</Badge>}
        </p>
        <p className="break-words text-[0.8125rem] text-muted">
          {session.address && `${session.address} · `}used <When at={session.last_used_at} />
        </p>
        <p className="text-muted text-xs" title={`Until ${formatAbsolute(session.expires_at)}`}>
          Signed in <When at={session.created_at} />
        </p>
      </div>
      <Button
        variant="outline"
        size="small"
        aria-label={session.current ? "Sign out of this browser" : `Sign out of ${session.device}, ${session.address}`}
        busy={end.isPending || signOut.isPending}
        onClick={() => (session.current ? signOut.mutate() : end.mutate(session))}
      >
        Sign out
      </Button>
    </li>
  );
}
