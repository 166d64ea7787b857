import type { ReactNode } from "react";
import { Card, CardBody, CardTitle } from "@/components/ui/card";

interface Props {
  title: string;
  description?: ReactNode;
  /** What can be done with all of it, beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** One concern of the settings: what it is about, and its controls. */
export function Section({ title, description, actions, children }: Props) {
  return (
    <Card>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 border-line border-b px-5 py-4">
        <div className="min-w-0">
          <CardTitle>{title}</CardTitle>
          {description && <p className="mt-0.5 max-w-prose text-muted text-sm">{description}</p>}
        </div>
        {actions}
      </div>
      <CardBody>{children}</CardBody>
    </Card>
  );
}
