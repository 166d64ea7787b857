import { type FormEvent, useState } from "react";
import { PLANS } from "@/components/layout/UserMenu";
import { Section } from "@/components/settings/Section";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useChangePassword, useMe } from "@/hooks/account";
import { passwordProblem } from "@/lib/passwords";
import { explain } from "@/lib/problems";

/** Who somebody is here, and a new password. */
export function AccountSection() {
  const { data: me } = useMe();
  if (!me) return null;
  return (
    <>
      <Section title="Account">
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
          <dt className="text-muted">Email</dt>
          <dd className="break-all">{me.email}</dd>
          <dt className="text-muted">Plan</dt>
          <dd>
            {PLANS[me.tier]}: {me.limits.videos_per_batch} videos in a batch, {me.limits.concurrency} at the same time,{" "}
            {me.limits.minutes_per_month.toLocaleString("en")} minutes a month
          </dd>
          <dt className="text-muted">Since</dt>
          <dd>{new Date(me.created_at).toLocaleDateString("en", { dateStyle: "long" })}</dd>
        </dl>
      </Section>
      <PasswordChange email={me.email} />
    </>
  );
}

function PasswordChange({ email }: { email: string }) {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [tried, setTried] = useState(false);
  const change = useChangePassword();
  const oldProblem = old ? null : "Enter the password that you have now.";
  const nextProblem = passwordProblem(next);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (oldProblem || nextProblem) return;
    const done = () => {
      setOld("");
      setNext("");
      setTried(false);
    };
    change.mutate({ old_password: old, new_password: next }, { onSuccess: done });
  };
  return (
    <Section title="Password" description="Other browsers are signed out when it changes; API keys go on.">
      <form noValidate onSubmit={submit} className="grid max-w-sm gap-4">
        {change.error && <Alert>{explain(change.error).detail}</Alert>}
        {/* For password managers, which have to know whose password this is. */}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <Field label="Current password" error={tried ? oldProblem : null}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="current-password"
              value={old}
              onChange={(event) => setOld(event.target.value)}
            />
          )}
        </Field>
        <Field label="New password" error={tried ? nextProblem : null} hint="At least 8 characters.">
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="new-password"
              value={next}
              onChange={(event) => setNext(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" className="justify-self-start" busy={change.isPending}>
          Change password
        </Button>
      </form>
    </Section>
  );
}
