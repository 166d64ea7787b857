/** What the audit log's entries say, in sentences. */
import {
  Ban,
  Eye,
  Gem,
  KeyRound,
  Link2,
  LogIn,
  LogOut,
  type LucideIcon,
  ShieldAlert,
  ShieldCheck,
  Undo2,
  UserPlus,
  UserRoundCog,
  Webhook,
} from "lucide-react";
import type { AuditAct, AuditEntry } from "@/types/people";

interface Look {
  label: string;
  icon: LucideIcon;
  /** Whether somebody should look twice. */
  alarming?: boolean;
}

export const ACTS: Record<AuditAct, Look> = {
  account_made: { label: "Account made", icon: UserPlus },
  signed_in: { label: "Signed in", icon: LogIn },
  sign_in_failed: { label: "Sign-in failed", icon: ShieldAlert, alarming: true },
  signed_out: { label: "Signed out", icon: LogOut },
  signed_out_everywhere: { label: "Signed out everywhere", icon: LogOut },
  session_ended: { label: "Signed out in another browser", icon: LogOut },
  password_changed: { label: "Password changed", icon: ShieldCheck },
  password_reset: { label: "Password set by a link", icon: ShieldCheck },
  reset_link_made: { label: "Link for a new password made", icon: Link2 },
  api_key_made: { label: "API key made", icon: KeyRound },
  api_key_revoked: { label: "API key revoked", icon: Ban },
  webhook_made: { label: "Webhook made", icon: Webhook },
  webhook_changed: { label: "Webhook changed", icon: Webhook },
  webhook_deleted: { label: "Webhook deleted", icon: Webhook },
  webhook_secret_made: { label: "New secret of a webhook", icon: Webhook },
  tier_set: { label: "Plan set", icon: Gem },
  role_set: { label: "Role set", icon: UserRoundCog },
  batches_seen: { label: "Batches looked at", icon: Eye },
  minutes_refunded: { label: "Minutes given back", icon: Undo2 },
  identity_linked: { label: "Sign-in with another service linked", icon: Link2 },
  identity_removed: { label: "Sign-in with another service removed", icon: Ban },
};

/** What there is to say about an entry besides what was done: from what to what, or of what. */
export function detailOf({ detail }: AuditEntry): string {
  const { before, after, minutes, ...rest } = detail;
  const change = before && after ? `from ${before} to ${after}` : after ? `to ${after}` : "";
  return [change, minutes && `${minutes} minutes`, ...Object.values(rest)].filter(Boolean).join(", ");
}

/** Who did it, as far as it needs saying to whom it happened: nothing when it was themselves. */
export function actorOf({ way, by, email }: AuditEntry): string {
  if (way === "command") return "by whoever runs this installation";
  const key = way === "api_key" ? "with an API key" : "";
  return by && by !== email ? `by ${by}${key && ` ${key}`}` : key;
}

/** From where: a device and an address, as far as they are known. */
export function whenceOf({ device, address }: AuditEntry): string {
  return [device === "Unknown" ? "" : device, address].filter(Boolean).join(" · ");
}
