import { type FormEvent, useState } from "react";
import { Link, useLocation } from "react-router";
import { Doorway } from "@/components/layout/Doorway";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useAskForPasswordReset } from "@/hooks/security";
import { explain, fieldProblem } from "@/lib/problems";

/** Where somebody has a link mailed that sets a new password. */
export function ForgottenPassword() {
  const written = (useLocation().state as { email?: string } | null)?.email;
  const [email, setEmail] = useState(written ?? "");
  const [tried, setTried] = useState(false);
  const ask = useAskForPasswordReset();
  const problem = /^\S+@\S+$/.test(email.trim()) ? null : "Enter your email address, such as ada@example.com.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) ask.mutate(email.trim());
  };
  const back = (
    <Link to="/sign-in" className="font-medium text-primary underline-offset-4 hover:underline">
      Back to sign in
    </Link>
  );
  if (ask.isSuccess) {
    return (
      <Doorway title="Look into your mail" after={back}>
        <p role="status" className="break-words text-sm">
          If there is an account of {email.trim()}, a letter with a link is on its way. The link works once, and not for
          long. Nothing there? Look among the unwanted letters.
        </p>
        <Button variant="outline" onClick={() => ask.reset()}>
          Use another address
        </Button>
      </Doorway>
    );
  }
  return (
    <Doorway title="Forgotten password" lead="We mail you a link by which you set a new one." after={back}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        {ask.error && !fieldProblem(ask.error, "email") && <Alert>{explain(ask.error).detail}</Alert>}
        <Field label="Email" error={(tried ? problem : null) ?? fieldProblem(ask.error, "email")}>
          {(ids) => (
            <Input
              {...ids}
              type="email"
              autoComplete="username"
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" size="large" busy={ask.isPending}>
          Mail me a link
        </Button>
      </form>
    </Doorway>
  );
}
