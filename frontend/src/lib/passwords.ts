/** What the server asks of a password. */
export const SHORTEST = 8;

/** What is wrong with a new password, if anything. */
export function passwordProblem(password: string): string | null {
  if (!password) return "Enter a password.";
  if (password.length < SHORTEST) return `Use at least ${SHORTEST} characters; these are ${password.length}.`;
  return null;
}
