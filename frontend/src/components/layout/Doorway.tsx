import type { ReactNode } from "react";
import { Logo } from "@/components/layout/Logo";
import { useTitle } from "@/hooks/title";

interface Props {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  /** Below the card: where else to go. */
  after?: ReactNode;
}

/** A page of somebody who is not signed in: a card under the name of the house. */
export function Doorway({ title, lead, children, after }: Props) {
  useTitle(title);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-8 flex justify-center">
          <Logo />
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
          <h1 className="font-semibold text-xl">{title}</h1>
          {lead && <p className="mt-1 text-muted text-sm">{lead}</p>}
          <div className="mt-6 grid gap-4">{children}</div>
        </div>
        {after && <p className="mt-5 text-center text-muted text-sm">{after}</p>}
      </div>
    </main>
  );
}
