import type { ReactNode } from "react";
import { useTitle } from "@/hooks/title";
import { cn } from "@/lib/cn";

interface Props {
  title: string;
  /** Shown in place of the title, when it is more than a text. */
  heading?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** The frame of a page: its title, what can be done, and its content. */
export function Page({ title, heading, description, actions, className, children }: Props) {
  useTitle(title);
  return (
    <div className={cn("mx-auto w-full max-w-6xl px-4 py-6 sm:px-6 lg:px-8 lg:py-8", className)}>
      <div className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          {heading ?? <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>}
          {description && <p className="mt-1 text-muted text-sm">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
