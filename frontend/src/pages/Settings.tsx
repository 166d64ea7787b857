import {
  Bell,
  KeyRound,
  type LucideIcon,
  MonitorSmartphone,
  ScrollText,
  SlidersHorizontal,
  UserRound,
  Webhook,
} from "lucide-react";
import type { ComponentType } from "react";
import { Navigate, NavLink, useParams } from "react-router";
import { Page } from "@/components/layout/Page";
import { AccountSection } from "@/components/settings/AccountSection";
import { ApiKeysSection } from "@/components/settings/ApiKeysSection";
import { NotificationsSection } from "@/components/settings/NotificationsSection";
import { PreferencesSection } from "@/components/settings/PreferencesSection";
import { SecurityLogSection } from "@/components/settings/SecurityLogSection";
import { SessionsSection } from "@/components/settings/SessionsSection";
import { WebhooksSection } from "@/components/settings/WebhooksSection";
import { useCurrentShown } from "@/hooks/shown";
import { cn } from "@/lib/cn";

interface Concern {
  /** The last part of its address: /settings/<id>. */
  id: string;
  label: string;
  icon: LucideIcon;
  Component: ComponentType;
}

/** One component for each concern; the first is shown when the address names none. */
const CONCERNS: readonly Concern[] = [
  { id: "account", label: "Account", icon: UserRound, Component: AccountSection },
  { id: "preferences", label: "Preferences", icon: SlidersHorizontal, Component: PreferencesSection },
  { id: "notifications", label: "Notifications", icon: Bell, Component: NotificationsSection },
  { id: "webhooks", label: "Webhooks", icon: Webhook, Component: WebhooksSection },
  { id: "api-keys", label: "API keys", icon: KeyRound, Component: ApiKeysSection },
  { id: "sessions", label: "Sessions", icon: MonitorSmartphone, Component: SessionsSection },
  { id: "security-log", label: "Security log", icon: ScrollText, Component: SecurityLogSection },
];

export function Settings() {
  const { concern } = useParams();
  const row = useCurrentShown<HTMLElement>();
  const shown = CONCERNS.find(({ id }) => id === concern);
  if (!shown) return <Navigate to={`/settings/${CONCERNS[0]?.id}`} replace />;
  return (
    <Page
      title={`${shown.label} settings`}
      heading={<h1 className="font-semibold text-2xl tracking-tight">Settings</h1>}
    >
      <div className="grid items-start gap-6 lg:grid-cols-[12rem_minmax(0,1fr)]">
        <nav ref={row} aria-label="Settings" className="-mx-1 flex gap-1 overflow-x-auto p-1 lg:mx-0 lg:grid lg:p-0">
          {CONCERNS.map(({ id, label, icon: Icon }) => (
            <NavLink
              key={id}
              to={`/settings/${id}`}
              replace
              className={({ isActive }) =>
                cn(
                  "flex h-9 shrink-0 items-center gap-2.5 rounded-lg px-3 font-medium text-sm",
                  isActive ? "bg-primary-soft text-primary" : "text-muted hover:bg-sunken hover:text-foreground",
                )
              }
            >
              <Icon className="size-4" aria-hidden />
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="grid gap-6">
          <shown.Component />
        </div>
      </div>
    </Page>
  );
}
