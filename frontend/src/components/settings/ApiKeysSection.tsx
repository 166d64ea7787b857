import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { ApiKeyForm } from "@/components/settings/ApiKeyForm";
import { SecretDialog } from "@/components/settings/SecretDialog";
import { Section } from "@/components/settings/Section";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useApiKeys, useRevokeApiKey } from "@/hooks/security";
import type { ApiKey } from "@/types/people";

/** How programs get in: what each key may do, when it was used, and its end. */
export function ApiKeysSection() {
  const keys = useApiKeys();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Section
      title="API keys"
      description={
        <>
          For your own programs and the <code>dailies</code> command. The API is described{" "}
          <a href="/schema" className="text-primary underline underline-offset-4">
            in its reference
          </a>
          .
        </>
      }
      actions={
        <Button size="small" onClick={() => setMaking(true)}>
          <Plus aria-hidden />
          New key
        </Button>
      }
    >
      <Loaded query={keys}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={KeyRound} title="No API keys yet">
              A key lets a program do what you choose, and nothing else.
            </Empty>
          ) : (
            <ul className="-my-4 divide-y divide-line" aria-label="API keys">
              {all.map((key) => (
                <Row key={key.id} shown={key} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {making && <ApiKeyForm onClose={() => setMaking(false)} onMade={setSecret} />}
      {secret && (
        <SecretDialog
          title="Your new API key"
          use="Programs send it as “Authorization: Bearer …”; the command reads it from DAILIES_API_KEY."
          label="API key"
          secret={secret}
          onClose={() => setSecret(null)}
        />
      )}
    </Section>
  );
}

function Row({ shown }: { shown: ApiKey }) {
  const [asked, setAsked] = useState(false);
  const revoke = useRevokeApiKey();
  const expired = shown.expires_at !== null && new Date(shown.expires_at).getTime() < Date.now();
  return (
    <li className="flex items-start justify-between gap-3 py-4" data-key={shown.id}>
      <div className="grid min-w-0 gap-1">
        <p className="break-words font-medium text-sm">{shown.name}</p>
        <p className="flex flex-wrap items-center gap-1.5">
          {expired && <Badge tone="bad">Expired</Badge>}
          {shown.scopes.map((scope) => (
            <Badge key={scope} tone="plain">
              {scope}
            </Badge>
          ))}
          <code className="text-muted text-xs">{shown.prefix}…</code>
        </p>
        <p className="text-[0.8125rem] text-muted">
          {shown.last_used_at ? (
            <>
              Used <When at={shown.last_used_at} />
            </>
          ) : (
            "Never used"
          )}
          {" · made "}
          <When at={shown.created_at} />
          {" · "}
          {shown.expires_at ? (
            <>
              {expired ? "expired" : "expires"} <When at={shown.expires_at} />
            </>
          ) : (
            "does not expire"
          )}
        </p>
      </div>
      <Button
        variant="outline"
        size="small"
        aria-label={`Revoke ${shown.name}`}
        busy={revoke.isPending}
        onClick={() => setAsked(true)}
      >
        Revoke
      </Button>
      <AlertDialog
        open={asked}
        onOpenChange={setAsked}
        title={`Revoke “${shown.name}”?`}
        action="Revoke key"
        onConfirm={() => revoke.mutate(shown)}
      >
        Programs that use it are refused at once. This cannot be undone.
      </AlertDialog>
    </li>
  );
}
