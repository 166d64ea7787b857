import { Table2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { ChartProps } from "@/components/insight/StepChart";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { WideTable } from "@/components/ui/wide-table";

const StepChart = lazy(() => import("@/components/insight/StepChart"));

interface Props extends ChartProps {
  /** What the first column names: a day, a week or a month. */
  step: string;
}

/** A chart, or the same numbers as a table; both take the same space. */
export function ChartCard({ title, summary, step, rows, series, kind, format, axis }: Props) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Card className="grid content-start gap-3 py-4">
      <div className="flex items-start justify-between gap-3 px-5">
        <div>
          <CardTitle>{title}</CardTitle>
          <p className="numbers text-muted text-sm">{summary}</p>
        </div>
        <Button
          variant="ghost"
          size="small"
          className="aria-pressed:bg-primary-soft aria-pressed:text-primary"
          aria-pressed={asTable}
          aria-label={`${title} as a table`}
          onClick={() => setAsTable(!asTable)}
        >
          <Table2 aria-hidden />
          Table
        </Button>
      </div>
      <div className="grid h-64">
        {asTable ? (
          <WideTable label={title}>
            <TableHead>
              <tr>
                <TableHeader className="pl-5">{step}</TableHeader>
                {series.map((one) => (
                  <TableHeader key={one.key} className="text-right last:pr-5">
                    {one.name}
                  </TableHeader>
                ))}
              </tr>
            </TableHead>
            <tbody>
              {rows.map((row) => (
                <TableRow key={row.since} className="numbers">
                  <TableCell className="py-1.5 pl-5">{row.label}</TableCell>
                  {series.map(({ key }) => (
                    <TableCell key={key} className="py-1.5 text-right last:pr-5">
                      {row.values[key] === null || row.values[key] === undefined ? "–" : format(row.values[key])}
                    </TableCell>
                  ))}
                </TableRow>
              ))}
            </tbody>
          </WideTable>
        ) : (
          <Suspense fallback={<Skeleton className="mx-5 rounded-lg" />}>
            <StepChart
              title={title}
              summary={summary}
              rows={rows}
              series={series}
              kind={kind}
              format={format}
              axis={axis}
            />
          </Suspense>
        )}
      </div>
    </Card>
  );
}
