import { Download } from "lucide-react";
import { ledgerFile } from "@/api/insight";
import { Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { WideTable } from "@/components/ui/wide-table";
import { useMonths } from "@/hooks/insight";
import { formatMinutes, formatMonth } from "@/lib/format";

/** What was used month by month, each with its part of the ledger as a file. */
export function MonthsCard({ onMonth }: { onMonth: (month: string) => void }) {
  const { data, error, isFetching, refetch } = useMonths();
  return (
    <Card className="overflow-hidden">
      <CardTitle className="px-5 pt-5 pb-4">Month by month</CardTitle>
      {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
      {!data && !error && <Skeleton className="mx-5 mb-5 h-24 rounded-lg" />}
      {data && data.length === 0 && (
        <p className="px-5 pb-5 text-muted text-sm">Months appear here once a batch was started.</p>
      )}
      {data && data.length > 0 && (
        <WideTable label="Month by month" className="min-w-160">
          <TableHead>
            <tr>
              <TableHeader className="pl-5">Month</TableHeader>
              <TableHeader className="text-right">Minutes used</TableHeader>
              <TableHeader className="text-right">Held</TableHeader>
              <TableHeader className="text-right">Refunded</TableHeader>
              <TableHeader className="text-right">Videos</TableHeader>
              <TableHeader className="text-right">Batches</TableHeader>
              <TableHeader className="pr-5">
                <span className="sr-only">Ledger</span>
              </TableHeader>
            </tr>
          </TableHead>
          <tbody>
            {data.map((one) => {
              const month = one.month.slice(0, 7);
              return (
                <TableRow key={month} className="numbers">
                  <TableCell className="whitespace-nowrap pl-5 font-medium">{formatMonth(one.month)}</TableCell>
                  <TableCell className="text-right">{formatMinutes(one.minutes_used)}</TableCell>
                  <TableCell className="text-right">{formatMinutes(one.minutes_held)}</TableCell>
                  <TableCell className="text-right">{formatMinutes(one.minutes_refunded)}</TableCell>
                  <TableCell className="text-right">{one.videos.toLocaleString("en")}</TableCell>
                  <TableCell className="text-right">{one.batches.toLocaleString("en")}</TableCell>
                  <TableCell className="py-2 pr-5">
                    <div className="flex justify-end gap-1">
                      <Button
                        variant="ghost"
                        size="small"
                        aria-label={`Ledger of ${formatMonth(one.month)}`}
                        onClick={() => onMonth(month)}
                      >
                        Ledger
                      </Button>
                      <Button variant="ghost" size="small" asChild>
                        <a href={ledgerFile(month)} download aria-label={`CSV of ${formatMonth(one.month)}`}>
                          <Download aria-hidden />
                          CSV
                        </a>
                      </Button>
                    </div>
                  </TableCell>
                </TableRow>
              );
            })}
          </tbody>
        </WideTable>
      )}
    </Card>
  );
}
