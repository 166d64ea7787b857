/** What this version of the server can do yet. What it cannot is shown, but cannot be chosen, and says why. */
export const CAPABILITIES = {
  transcribe: { available: false, hint: "Comes with transcripts" },
  detect_highlights: { available: false, hint: "Comes with highlights" },
} as const;

export type Capability = keyof typeof CAPABILITIES;
