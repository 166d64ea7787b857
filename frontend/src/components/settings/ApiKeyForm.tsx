import { type FormEvent, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useMe } from "@/hooks/account";
import { useCreateApiKey } from "@/hooks/security";
import { explain, fieldProblem } from "@/lib/problems";
import type { Scope } from "@/types/people";

const SCOPES: { scope: Scope; label: string; hint: string }[] = [
  { scope: "read", label: "Read", hint: "Look at batches, videos and exports." },
  { scope: "write", label: "Write", hint: "Change them, and upload." },
  { scope: "account", label: "Account", hint: "API keys, sessions, the security log and the password." },
  { scope: "operate", label: "Operate", hint: "What operators do, to all accounts." },
];

const ENDS = [
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "never", label: "Never" },
];

interface Props {
  onClose: () => void;
  onMade: (key: string) => void;
}

/** What a new key is called, what it may do, and how long. */
export function ApiKeyForm({ onClose, onMade }: Props) {
  const { data: me } = useMe();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read", "write"]);
  const [end, setEnd] = useState("90");
  const [tried, setTried] = useState(false);
  const create = useCreateApiKey();
  const nameProblem = name.trim() ? null : "Enter a name that says where the key is used.";
  const scopesProblem = scopes.length > 0 ? null : "Choose at least one.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (nameProblem || scopesProblem) return;
    const expires_in_days = end === "never" ? null : Number(end);
    create.mutate(
      { name: name.trim(), scopes, expires_in_days },
      {
        onSuccess: ({ key }) => {
          onClose();
          onMade(key);
        },
      },
    );
  };
  const toggle = (scope: Scope) => (on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New API key"
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" form="api-key" busy={create.isPending}>
            Make it
          </Button>
        </>
      }
    >
      <form id="api-key" noValidate onSubmit={submit} className="grid gap-5">
        {create.error && !fieldProblem(create.error, "name") && <Alert>{explain(create.error).detail}</Alert>}
        <Field label="Name" error={(tried ? nameProblem : null) ?? fieldProblem(create.error, "name")}>
          {(ids) => (
            <Input
              {...ids}
              placeholder="Render farm"
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="grid gap-3">
          <legend className="mb-2 font-medium text-sm">May</legend>
          {SCOPES.filter(({ scope }) => scope !== "operate" || me?.role === "operator").map(
            ({ scope, label, hint }) => (
              <CheckField
                key={scope}
                label={label}
                hint={hint}
                checked={scopes.includes(scope)}
                onChange={toggle(scope)}
              />
            ),
          )}
          {tried && scopesProblem && (
            <p role="alert" className="text-[0.8125rem] text-bad">
              {scopesProblem}
            </p>
          )}
        </fieldset>
        <Field label="Expires" className="max-w-48">
          {({ id }) => <Select id={id} value={end} options={ENDS} onChange={setEnd} />}
        </Field>
      </form>
    </Dialog>
  );
}
