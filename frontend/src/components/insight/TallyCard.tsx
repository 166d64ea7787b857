import type { ReactNode } from "react";
import { Card, CardBody, CardTitle } from "@/components/ui/card";
import { formatShare } from "@/lib/format";
import type { Tally } from "@/types/batch";

interface Props {
  title: string;
  description: string;
  tallies: readonly Tally[];
  nameOf: (name: string) => string;
  /** Of how many each is a share. */
  of: number;
  /** What is said when there is nothing. */
  none: ReactNode;
}

/** How often things occurred, the most frequent first; each with its number beside its bar. */
export function TallyCard({ title, description, tallies, nameOf, of, none }: Props) {
  return (
    <Card>
      <CardBody className="grid gap-4">
        <div>
          <CardTitle>{title}</CardTitle>
          <p className="text-muted text-sm">{description}</p>
        </div>
        {tallies.length === 0 ? (
          <p className="text-sm">{none}</p>
        ) : (
          <dl className="grid gap-3 text-sm">
            {tallies.map(({ name, count }) => (
              <div key={name} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1">
                <dt className="min-w-0 break-words">{nameOf(name)}</dt>
                <dd className="numbers text-right font-semibold">
                  {count.toLocaleString("en")}
                  {of > 0 && (
                    <span className="ml-2 font-normal text-muted">{formatShare(Math.min(1, count / of))}</span>
                  )}
                </dd>
                <dd className="col-span-2 h-2 overflow-hidden rounded-full bg-line" aria-hidden>
                  <span
                    className="block h-full rounded-full bg-info"
                    style={{ width: `${of > 0 ? Math.min(100, (100 * count) / of) : 0}%` }}
                  />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </CardBody>
    </Card>
  );
}
