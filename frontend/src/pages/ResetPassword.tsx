import { type FormEvent, useState } from "react";
import { Link, useLocation } from "react-router";
import { Doorway } from "@/components/layout/Doorway";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useResetPassword } from "@/hooks/security";
import { passwordProblem, SHORTEST } from "@/lib/passwords";
import { explain } from "@/lib/problems";

/** Where the link of a letter leads: a new password. The token stands behind the `#`, which no server is sent. */
export function ResetPassword() {
  const token = useLocation().hash.slice(1);
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const reset = useResetPassword();
  const problem = passwordProblem(password);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!problem) reset.mutate({ token, new_password: password });
  };
  const again = (
    <Link to="/forgotten-password" className="font-medium text-primary underline-offset-4 hover:underline">
      Ask for a new link
    </Link>
  );
  if (!token) {
    return (
      <Doorway title="New password" after={again}>
        <Alert>This link is not complete. Copy all of it from the letter, or ask for a new one.</Alert>
      </Doorway>
    );
  }
  if (reset.isSuccess) {
    return (
      <Doorway title="Your password is set">
        <p role="status" className="text-sm">
          You are signed out in all browsers; sign in with the new password.
        </p>
        <Button asChild size="large">
          <Link to="/sign-in" replace>
            Sign in
          </Link>
        </Button>
      </Doorway>
    );
  }
  return (
    <Doorway title="New password" lead="All browsers are signed out when it is set; API keys go on." after={again}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        {reset.error && <Alert>{explain(reset.error).detail}</Alert>}
        <Field label="New password" error={tried ? problem : null} hint={`At least ${SHORTEST} characters.`}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="new-password"
              autoFocus
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" size="large" busy={reset.isPending}>
          Set the password
        </Button>
      </form>
    </Doorway>
  );
}
