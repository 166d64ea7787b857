import { ArrowLeft, LogOut, ScrollText, UserX } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { PLANS } from "@/components/layout/UserMenu";
import { When } from "@/components/layout/When";
import { UserBatches } from "@/components/operators/UserBatches";
import { Section } from "@/components/settings/Section";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useMe } from "@/hooks/account";
import { useChangeUser, useSignOutUser, useUser } from "@/hooks/operators";
import { plural } from "@/lib/format";
import type { Role, Tier, User } from "@/types/people";

const TIERS = (["free", "creator", "pro"] as const).map((value) => ({ value, label: PLANS[value] ?? value }));
const ROLES = [
  { value: "user", label: "User" },
  { value: "operator", label: "Operator" },
] as const;

/** One account: what it may do, where it is signed in, its batches. */
export function UserPanel({ id }: { id: string }) {
  const user = useUser(id);
  return (
    <div className="grid gap-6">
      <Link
        to="/operators/users"
        className="inline-flex items-center gap-1.5 justify-self-start text-muted text-sm hover:text-foreground"
      >
        <ArrowLeft className="size-4" aria-hidden />
        All accounts
      </Link>
      <Loaded query={user}>
        {(found) =>
          found ? (
            <>
              <Account user={found} />
              <UserBatches key={found.id} user={found} />
            </>
          ) : (
            <Card>
              <Empty icon={UserX} title="There is no such account">
                It may have been deleted.
              </Empty>
            </Card>
          )
        }
      </Loaded>
    </div>
  );
}

type Wanted = { kind: "tier"; tier: Tier } | { kind: "role"; role: Role } | { kind: "sign-out" };

function Account({ user }: { user: User }) {
  const { data: me } = useMe();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const change = useChangeUser();
  const signOut = useSignOutUser();
  // A moment later: the Enter that chose from a list must not press a button of the question as well.
  const ask = (next: Wanted) => setTimeout(() => setWanted(next));
  const isMe = me?.id === user.id;
  const busy = change.isPending || signOut.isPending;
  const confirm = () => {
    if (wanted?.kind === "tier") change.mutate({ user, tier: wanted.tier });
    else if (wanted?.kind === "role") change.mutate({ user, role: wanted.role });
    else signOut.mutate(user);
  };
  return (
    <Section
      title={user.email}
      description={
        <>
          Made <When at={user.created_at} />
          {user.last_seen_at ? (
            <>
              , seen <When at={user.last_seen_at} />
            </>
          ) : (
            ", not seen lately"
          )}
          ; {plural(user.sessions, "browser")} signed in, {plural(user.api_keys, "API key")}.
        </>
      }
      actions={
        <div className="flex flex-wrap gap-2">
          <Button variant="outline" size="small" asChild>
            <Link to={`/operators/audit-log?user=${user.id}`}>
              <ScrollText aria-hidden />
              Audit log
            </Link>
          </Button>
          <Button
            variant="outline"
            size="small"
            busy={signOut.isPending}
            onClick={() => setWanted({ kind: "sign-out" })}
          >
            <LogOut aria-hidden />
            Sign out everywhere
          </Button>
        </div>
      }
    >
      <div className="grid max-w-md gap-5 sm:grid-cols-2">
        <Field label="Plan" hint="Holds at once, for what waits too.">
          {(ids) => (
            <Select
              {...ids}
              value={user.tier}
              options={TIERS}
              disabled={busy}
              onChange={(tier) => tier !== user.tier && ask({ kind: "tier", tier })}
            />
          )}
        </Field>
        <Field label="Role" hint={isMe ? "Another operator can take yours away." : "Operators see all accounts."}>
          {(ids) => (
            <Select<Role>
              {...ids}
              value={user.role}
              options={ROLES}
              disabled={busy || isMe}
              onChange={(role) => role !== user.role && ask({ kind: "role", role })}
            />
          )}
        </Field>
      </div>
      <AlertDialog
        open={wanted !== null}
        onOpenChange={() => setWanted(null)}
        harmless={wanted?.kind === "tier"}
        cancel="Leave it"
        onConfirm={confirm}
        {...wordsFor(user, wanted)}
      />
    </Section>
  );
}

function wordsFor(user: User, wanted: Wanted | null) {
  if (wanted?.kind === "tier") {
    const children = `From ${PLANS[user.tier]}. It holds at once, also for what is in the queue, and is written down.`;
    return { title: `Give ${user.email} the plan ${PLANS[wanted.tier]}?`, action: "Set plan", children };
  }
  if (wanted?.kind === "role" && wanted.role === "operator") {
    const children = "Operators see and change all accounts, and can make others operators. It is written down.";
    return { title: `Make ${user.email} an operator?`, action: "Make operator", children };
  }
  if (wanted?.kind === "role") {
    const children = "The pages of operators are closed to them at once. It is written down.";
    return { title: `Take the role operator from ${user.email}?`, action: "Take it away", children };
  }
  const children = "All their browsers have to sign in again; API keys go on. It is written down.";
  return { title: `Sign ${user.email} out everywhere?`, action: "Sign out", children };
}
