import { type FormEvent, useEffect, useState } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { ByProvider } from "@/components/layout/ByProvider";
import { Logo } from "@/components/layout/Logo";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useEntrance, useMe, useProvider } from "@/hooks/account";
import { useTitle } from "@/hooks/title";
import { explain, fieldProblem } from "@/lib/problems";
import { providerUrl, signInFailure } from "@/lib/sign-in";

const SHORTEST = 8;

const WORDS = {
  "sign-in": {
    title: "Sign in",
    lead: "Good to see you again.",
    other: { text: "New here?", link: "Make an account", to: "/sign-up" },
  },
  "sign-up": {
    title: "Make an account",
    lead: "Up to three videos in a batch are free.",
    other: { text: "Have an account?", link: "Sign in", to: "/sign-in" },
  },
} as const;

export function SignIn() {
  return <Entrance kind="sign-in" />;
}

export function SignUp() {
  return <Entrance kind="sign-up" />;
}

/** Only a path of our own: a link from elsewhere must not lead people away after they signed in. */
export function safePath(next: string | null): string {
  return next?.startsWith("/") && !/^\/[/\\]/.test(next) ? next : "/";
}

function Entrance({ kind }: { kind: keyof typeof WORDS }) {
  const [params] = useSearchParams();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const me = useMe();
  const enter = useEntrance(kind);
  const provider = useProvider();
  const words = WORDS[kind];
  const next = safePath(params.get("next"));
  const failed = params.get("failed");
  useTitle(words.title);
  // Whoever has shown now that the account is theirs goes to the provider again, and it is connected.
  const connecting = enter.isSuccess && failed === "taken";
  useEffect(() => {
    if (connecting) window.location.assign(providerUrl(next));
  }, [connecting, next]);
  if (connecting) return null;
  // What went wrong at the provider is told also to somebody who is signed in.
  if (me.data && (!failed || enter.isSuccess)) return <Navigate to={next} replace />;

  const emailProblem = !/^\S+@\S+$/.test(email.trim()) ? "Enter your email address, such as ada@example.com." : null;
  const short = kind === "sign-up" && password.length < SHORTEST;
  const passwordProblem = !password
    ? "Enter your password."
    : short
      ? `Use at least ${SHORTEST} characters; these are ${password.length}.`
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!emailProblem && !passwordProblem) enter.mutate({ email: email.trim(), password });
  };
  const told = enter.error ? explain(enter.error) : null;
  const failure = signInFailure(failed, provider ?? "the provider");
  const query = next === "/" ? "" : `?${new URLSearchParams({ next })}`;
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex justify-center">
          <Logo />
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
          <h1 className="font-semibold text-xl">{words.title}</h1>
          <p className="mt-1 text-muted text-sm">{words.lead}</p>
          <form noValidate onSubmit={submit} className="mt-6 grid gap-4">
            {failure && !told && <Alert tone={failed === "taken" ? "info" : "bad"}>{failure}</Alert>}
            {told && (
              <Alert
                title={enter.error && "status" in enter.error && enter.error.status === 401 ? undefined : told.title}
              >
                {told.detail}
              </Alert>
            )}
            <Field label="Email" error={(tried && emailProblem) || fieldProblem(enter.error, "email")}>
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
            <Field
              label="Password"
              error={(tried && passwordProblem) || fieldProblem(enter.error, "password")}
              hint={kind === "sign-up" ? `At least ${SHORTEST} characters.` : undefined}
            >
              {(ids) => (
                <Input
                  {...ids}
                  type="password"
                  autoComplete={kind === "sign-up" ? "new-password" : "current-password"}
                  value={password}
                  onChange={(event) => setPassword(event.target.value)}
                />
              )}
            </Field>
            <Button type="submit" size="large" busy={enter.isPending}>
              {words.title}
            </Button>
            {kind === "sign-in" && (
              <Link
                to="/forgotten-password"
                state={{ email }}
                className="text-center text-primary text-sm underline-offset-4 hover:underline"
              >
                Forgotten your password?
              </Link>
            )}
          </form>
          {provider && <ByProvider name={provider} next={next} />}
        </div>
        <p className="mt-5 text-center text-muted text-sm">
          {words.other.text}{" "}
          <Link
            className="font-medium text-primary underline-offset-4 hover:underline"
            to={`${words.other.to}${query}`}
          >
            {words.other.link}
          </Link>
        </p>
      </div>
    </main>
  );
}
