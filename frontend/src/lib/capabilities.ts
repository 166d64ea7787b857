/** What this version of the server can do yet. What it cannot is shown, but cannot be chosen, and says why. */
export const CAPABILITIES = {
  merged: { available: false, hint: "Comes with merged exports" },
  playlist: { available: false, hint: "Comes with playlists" },
  naming_pattern: { available: false, hint: "Comes with naming patterns" },
} as const;

export type Capability = keyof typeof CAPABILITIES;
