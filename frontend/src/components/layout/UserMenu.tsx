import { ChartColumn, Gauge, Keyboard, LogOut, Monitor, Moon, ServerCog, Settings, Sun } from "lucide-react";
import { useNavigate } from "react-router";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/dropdown-menu";
import { useMe, useSignOut } from "@/hooks/account";
import { useChooseTheme } from "@/hooks/preferences";
import { useStore } from "@/hooks/use-store";
import { THEMES, type Theme, theme } from "@/lib/theme";

const ICONS: Record<Theme, typeof Sun> = { system: Monitor, light: Sun, dark: Moon };

export const PLANS: Record<string, string> = { free: "Free", creator: "Creator", pro: "Pro" };

/** Who is signed in, the theme, the shortcuts, and the way out. */
export function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { data: me } = useMe();
  const signOut = useSignOut();
  const chosen = useStore(theme);
  const chooseTheme = useChooseTheme();
  const navigate = useNavigate();
  if (!me) return null;
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="outline" size="icon-small" className="rounded-full" aria-label={`Account of ${me.email}`}>
          {me.email.slice(0, 1).toUpperCase()}
        </Button>
      </MenuTrigger>
      <MenuContent className="w-60">
        <MenuLabel>
          <span className="block truncate font-medium text-foreground text-sm">{me.email}</span>
          {PLANS[me.tier]} plan · up to {me.limits.videos_per_batch} videos in a batch
        </MenuLabel>
        <MenuSeparator />
        <MenuLabel>Theme</MenuLabel>
        {THEMES.map(([value, label]) => {
          const Icon = ICONS[value];
          return (
            <MenuItem key={value} onSelect={() => chooseTheme(value)} aria-current={chosen === value || undefined}>
              <Icon aria-hidden />
              <span className="flex-1">{label}</span>
              {chosen === value && <span className="size-1.5 rounded-full bg-primary" aria-hidden />}
            </MenuItem>
          );
        })}
        <MenuSeparator />
        <MenuItem onSelect={() => navigate("/usage")}>
          <Gauge aria-hidden />
          Usage
        </MenuItem>
        <MenuItem onSelect={() => navigate("/analytics")}>
          <ChartColumn aria-hidden />
          Analytics
        </MenuItem>
        {me.role === "operator" && (
          <MenuItem onSelect={() => navigate("/operators")}>
            <ServerCog aria-hidden />
            Operation
          </MenuItem>
        )}
        <MenuItem onSelect={() => navigate("/settings")}>
          <Settings aria-hidden />
          Settings
        </MenuItem>
        <MenuItem onSelect={onShortcuts}>
          <Keyboard aria-hidden />
          Keyboard shortcuts
        </MenuItem>
        <MenuItem onSelect={() => signOut.mutate()}>
          <LogOut aria-hidden />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
