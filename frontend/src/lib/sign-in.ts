/** Signing in by a provider: where it begins, and what is said when it did not succeed. */

/** Where the browser goes; it arrives on that page of ours when the provider knows who it is. */
export function providerUrl(next: string): string {
  return `/api/oidc/start?${new URLSearchParams({ next })}`;
}

/** The sentence for what the server names in the address; `null` when nothing went wrong. */
export function signInFailure(failed: string | null, provider: string): string | null {
  if (failed === null) return null;
  const sentences: Record<string, string> = {
    declined: `${provider} did not sign you in. Try again, or use your password.`,
    expired: "That sign-in took too long, or began in another browser. Start it again here.",
    unverified: `${provider} has not verified your email address. Have it verified there, then try again.`,
    domain: `Your email address is not of a domain that is let in here. Sign in to ${provider} with another account.`,
    unknown: "You have no account here yet. Ask whoever runs this installation for one.",
    taken: `There is an account with your email address. Sign in with its password once; ${provider} is then connected to it.`,
    unavailable: `${provider} does not answer just now. Try again in a moment, or use your password.`,
    rate_limited: "Too many sign-ins from your network. Wait a little before the next.",
  };
  return (
    sentences[failed] ??
    `The answer of ${provider} was not accepted. Try again; if it stays so, tell whoever runs this installation.`
  );
}
