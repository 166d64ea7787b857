import {
  ChartColumn,
  FolderDown,
  Gauge,
  LayoutDashboard,
  Library,
  ListVideo,
  type LucideIcon,
  ServerCog,
} from "lucide-react";
import { NavLink } from "react-router";
import { useMe } from "@/hooks/account";
import { cn } from "@/lib/cn";

interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  keys: string;
}

export const PLACES: Place[] = [
  { to: "/", label: "Dashboard", icon: LayoutDashboard, keys: "g d" },
  { to: "/batches", label: "Batches", icon: ListVideo, keys: "g b" },
  { to: "/videos", label: "Library", icon: Library, keys: "g l" },
  { to: "/exports", label: "Exports", icon: FolderDown, keys: "g e" },
  { to: "/analytics", label: "Analytics", icon: ChartColumn, keys: "g a" },
  { to: "/usage", label: "Usage", icon: Gauge, keys: "g u" },
];

const OPERATION: Place = { to: "/operators", label: "Operation", icon: ServerCog, keys: "g o" };

/** The places of whoever is signed in: operators have one more. */
export function usePlaces(): Place[] {
  const { data: me } = useMe();
  return me?.role === "operator" ? [...PLACES, OPERATION] : PLACES;
}

/** How many of them there is room for on a phone; its account menu has the others. */
const ON_PHONE = 4;

/** The places of the page: beside the content on a wide screen, below it on a phone. */
export function Navigation({ kind }: { kind: "side" | "bottom" }) {
  const side = kind === "side";
  const places = usePlaces();
  return (
    <nav aria-label="Main" className={side ? "grid gap-1" : "grid grid-cols-4"}>
      {(side ? places : places.slice(0, ON_PHONE)).map(({ to, label, icon: Icon }) => (
        <NavLink
          key={to}
          to={to}
          end={to === "/"}
          className={({ isActive }) =>
            cn(
              side
                ? "flex h-9 items-center gap-3 rounded-lg px-3 font-medium text-sm"
                : "flex flex-col items-center gap-0.5 py-2 text-[0.6875rem] font-medium",
              isActive
                ? side
                  ? "bg-primary-soft text-primary"
                  : "text-primary"
                : side
                  ? "text-muted hover:bg-sunken hover:text-foreground"
                  : "text-muted",
            )
          }
        >
          <Icon className={side ? "size-4" : "size-5"} aria-hidden />
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
