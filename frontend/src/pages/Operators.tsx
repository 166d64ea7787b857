import { CircleAlert, Cpu, ListOrdered, Lock, type LucideIcon, ScrollText, Trash2, Users } from "lucide-react";
import type { ComponentType } from "react";
import { Link, Navigate, NavLink, useParams } from "react-router";
import { Page } from "@/components/layout/Page";
import { Empty } from "@/components/layout/States";
import { AuditPanel } from "@/components/operators/AuditPanel";
import { FailuresPanel } from "@/components/operators/FailuresPanel";
import { QueuePanel } from "@/components/operators/QueuePanel";
import { RetentionPanel } from "@/components/operators/RetentionPanel";
import { UserPanel } from "@/components/operators/UserPanel";
import { UsersPanel } from "@/components/operators/UsersPanel";
import { WorkersPanel } from "@/components/operators/WorkersPanel";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useMe } from "@/hooks/account";
import { LOOK_AGAIN_MS } from "@/hooks/operators";
import { useCurrentShown } from "@/hooks/shown";
import { cn } from "@/lib/cn";

interface Concern {
  /** The second part of its address: /operators/<id>. */
  id: string;
  label: string;
  description: string;
  icon: LucideIcon;
  Component: ComponentType;
}

const BY_ITSELF = `Up to date by itself, every ${LOOK_AGAIN_MS / 1000} seconds.`;

const CONCERNS: readonly Concern[] = [
  {
    id: "users",
    label: "Users",
    icon: Users,
    Component: UsersPanel,
    description: "Who has an account, and what it may do.",
  },
  {
    id: "workers",
    label: "Workers",
    icon: Cpu,
    Component: WorkersPanel,
    description: `Who works on what. ${BY_ITSELF}`,
  },
  {
    id: "queue",
    label: "Queue",
    icon: ListOrdered,
    Component: QueuePanel,
    description: `What waits, and for whom. ${BY_ITSELF}`,
  },
  {
    id: "failures",
    label: "Failures",
    icon: CircleAlert,
    Component: FailuresPanel,
    description: "What failed, of all accounts, and why.",
  },
  {
    id: "audit-log",
    label: "Audit log",
    icon: ScrollText,
    Component: AuditPanel,
    description: "What was done to accounts, and by whom.",
  },
  {
    id: "retention",
    label: "Retention",
    icon: Trash2,
    Component: RetentionPanel,
    description: "What goes when, because its time is over.",
  },
];

/** The pages of those who run the installation. The server shows nothing of it to others; they are told so. */
export function Operators() {
  const { data: me } = useMe();
  const { concern, id } = useParams();
  const row = useCurrentShown<HTMLElement>();
  if (me?.role !== "operator") return <Refusal />;
  const shown = CONCERNS.find((one) => one.id === concern);
  if (!shown || (id && concern !== "users")) return <Navigate to="/operators/users" replace />;
  return (
    <Page
      title={`${shown.label}, for operators`}
      heading={<h1 className="font-semibold text-2xl tracking-tight">Operation</h1>}
      description={shown.description}
    >
      <nav ref={row} aria-label="Operation" className="-mx-1 mb-6 flex gap-1 overflow-x-auto p-1">
        {CONCERNS.map(({ id: at, label, icon: Icon }) => (
          <NavLink
            key={at}
            to={`/operators/${at}`}
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
      {id ? <UserPanel id={id} /> : <shown.Component />}
    </Page>
  );
}

function Refusal() {
  return (
    <Page title="For operators">
      <Card>
        <Empty
          icon={Lock}
          title="This is for those who run the installation"
          action={
            <Button asChild variant="outline">
              <Link to="/">To the dashboard</Link>
            </Button>
          }
        >
          Ask them, or have the role operator given to you.
        </Empty>
      </Card>
    </Page>
  );
}
