import { Command } from "cmdk";
import { ListVideo, LogOut, Moon, Plus, Search, Settings, Sun } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { usePlaces } from "@/components/layout/Navigation";
import { useSignOut } from "@/hooks/account";
import { useBatchJobs } from "@/hooks/batches";
import { useChooseTheme } from "@/hooks/preferences";
import { JOB_STATUS } from "@/lib/status";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onNewBatch: () => void;
}

/** Everything that can be done or opened, by typing a part of its name. */
export default function CommandPalette({ open, onOpenChange, onNewBatch }: Props) {
  const navigate = useNavigate();
  const places = usePlaces();
  const signOut = useSignOut();
  const chooseTheme = useChooseTheme();
  const { data } = useBatchJobs({ limit: 50, sort: "-created_at" });
  const dark = document.documentElement.classList.contains("dark");
  const run = (action: () => void) => () => {
    onOpenChange(false);
    action();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-60 bg-black/45" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-4 top-[12dvh] z-70 mx-auto max-w-xl overflow-hidden rounded-2xl border border-line bg-surface shadow-float outline-none"
        >
          <Radix.Title className="sr-only">Command palette</Radix.Title>
          <Command label="Commands" loop>
            <div className="flex items-center gap-3 border-line border-b px-4">
              <Search className="size-4 text-muted" aria-hidden />
              <Command.Input
                placeholder="Search batches and commands"
                className="h-12 w-full bg-transparent text-sm outline-none placeholder:text-muted"
              />
            </div>
            <Command.List className="max-h-[50dvh] overflow-y-auto p-2">
              <Command.Empty className="px-3 py-8 text-center text-muted text-sm">Nothing found.</Command.Empty>
              <Group heading="Do">
                <Item onSelect={run(onNewBatch)} icon={<Plus />}>
                  New batch
                </Item>
                <Item onSelect={run(() => chooseTheme(dark ? "light" : "dark"))} icon={dark ? <Sun /> : <Moon />}>
                  {dark ? "Light theme" : "Dark theme"}
                </Item>
                <Item onSelect={run(() => signOut.mutate())} icon={<LogOut />}>
                  Sign out
                </Item>
              </Group>
              <Group heading="Go to">
                {places.map(({ to, label, icon: Icon }) => (
                  <Item key={to} onSelect={run(() => navigate(to))} icon={<Icon />}>
                    {label}
                  </Item>
                ))}
                <Item onSelect={run(() => navigate("/settings"))} icon={<Settings />}>
                  Settings
                </Item>
              </Group>
              {data && data.batch_jobs.length > 0 && (
                <Group heading="Batches">
                  {data.batch_jobs.map((job) => (
                    <Item
                      key={job.id}
                      value={`${job.name} ${job.id}`}
                      onSelect={run(() => navigate(`/batches/${job.id}`))}
                      icon={<ListVideo />}
                    >
                      <span className="truncate">{job.name}</span>
                      <span className="ml-auto shrink-0 text-muted text-xs">{JOB_STATUS[job.status].label}</span>
                    </Item>
                  ))}
                </Group>
              )}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

function Item(props: { value?: string; onSelect: () => void; icon: ReactNode; children: ReactNode }) {
  return (
    <Command.Item
      value={props.value}
      onSelect={props.onSelect}
      className="flex cursor-pointer items-center gap-3 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-sunken [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted"
    >
      {props.icon}
      {props.children}
    </Command.Item>
  );
}
