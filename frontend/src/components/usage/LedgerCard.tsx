import { ChevronLeft, ChevronRight, Download, ReceiptText } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { ledgerFile } from "@/api/insight";
import { Empty, Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { WideTable } from "@/components/ui/wide-table";
import { useLedger } from "@/hooks/insight";
import { formatAbsolute, formatMonth } from "@/lib/format";
import type { LedgerLine } from "@/types/batch";

const PAGE = 25;
/** What happened to the minutes, as people say it. */
const KINDS: Record<string, string> = {
  hold: "Held at the start",
  settle: "Used",
  release: "Given back",
  refund: "Refunded",
};

interface Props {
  /** Like `2026-11`. */
  month: string;
  months: readonly string[];
  onMonth: (month: string) => void;
}

/** Every line of a month: what was held, used, given back and refunded for which video. */
export function LedgerCard({ month, months, onMonth }: Props) {
  return (
    <Card id="ledger" tabIndex={-1} aria-label="Ledger" className="scroll-mt-20 overflow-hidden">
      <div className="flex flex-wrap items-center justify-between gap-3 px-5 pt-4 pb-4">
        <CardTitle>Ledger</CardTitle>
        <div className="flex flex-wrap gap-2">
          <Select
            aria-label="Month of the ledger"
            className="w-44"
            value={month}
            onChange={onMonth}
            options={months.map((value) => ({ value, label: formatMonth(`${value}-01`) }))}
          />
          <Button variant="outline" asChild>
            <a href={ledgerFile(month)} download>
              <Download aria-hidden />
              Download CSV
            </a>
          </Button>
        </div>
      </div>
      <Lines key={month} month={month} />
    </Card>
  );
}

function Lines({ month }: { month: string }) {
  // The places at which the pages so far begin; the ledger is read forwards only.
  const [places, setPlaces] = useState<(string | undefined)[]>([undefined]);
  const { data, error, isFetching, refetch } = useLedger({ month, limit: PAGE, after: places.at(-1) });
  if (error && !data) return <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />;
  if (!data) return <Skeleton className="mx-5 mb-5 h-48 rounded-lg" />;
  if (data.lines.length === 0 && places.length === 1) {
    return (
      <Empty icon={ReceiptText} title={`Nothing was booked in ${formatMonth(`${month}-01`)}`}>
        When a batch is started, the minutes of its videos are held; here you see what became of them.
      </Empty>
    );
  }
  const next = data.next_after;
  return (
    <>
      <WideTable label="Lines of the ledger" className="min-w-180">
        <TableHead>
          <tr>
            <TableHeader className="pl-5">When</TableHeader>
            <TableHeader>What</TableHeader>
            <TableHeader>Video</TableHeader>
            <TableHeader>Batch</TableHeader>
            <TableHeader className="text-right">Minutes</TableHeader>
            <TableHeader className="pr-5 text-right">Counts</TableHeader>
          </tr>
        </TableHead>
        <tbody>
          {data.lines.map((line) => (
            <TableRow key={line.id} data-line={line.kind}>
              <TableCell className="numbers whitespace-nowrap pl-5 text-muted">
                {formatAbsolute(line.booked_at)}
              </TableCell>
              <TableCell className="whitespace-nowrap font-medium">{KINDS[line.kind] ?? line.kind}</TableCell>
              <TableCell className="min-w-44 max-w-56 break-words">{line.video_name ?? "–"}</TableCell>
              <TableCell className="min-w-36 max-w-48 break-words">
                <BatchOf line={line} />
              </TableCell>
              <TableCell className="numbers text-right">{inMinutes(line.minutes)}</TableCell>
              <TableCell className="numbers pr-5 text-right">{signed(line.balance_minutes)}</TableCell>
            </TableRow>
          ))}
        </tbody>
      </WideTable>
      {(next !== null || places.length > 1) && (
        <nav
          aria-label="Pages of the ledger"
          className="flex items-center justify-end gap-2 border-line border-t px-5 py-3 text-sm"
        >
          <Button
            variant="outline"
            size="icon-small"
            aria-label="Previous page"
            disabled={places.length === 1}
            onClick={() => setPlaces(places.slice(0, -1))}
          >
            <ChevronLeft aria-hidden />
          </Button>
          <span className="numbers">Page {places.length}</span>
          <Button
            variant="outline"
            size="icon-small"
            aria-label="Next page"
            disabled={next === null}
            onClick={() => next !== null && setPlaces([...places, next])}
          >
            <ChevronRight aria-hidden />
          </Button>
        </nav>
      )}
    </>
  );
}

function BatchOf({ line }: { line: LedgerLine }) {
  if (line.batch_name === null) return <span className="text-muted">Deleted</span>;
  return (
    <Link to={`/batches/${line.batch_job_id}`} className="hover:underline">
      {line.batch_name}
    </Link>
  );
}

function inMinutes(minutes: number): string {
  return minutes.toLocaleString("en", { maximumFractionDigits: 2, minimumFractionDigits: 2 });
}

/** What a line adds to the minutes that count, or takes from them. */
function signed(minutes: number): string {
  return minutes === 0 ? "0" : `${minutes > 0 ? "+" : "−"}${inMinutes(Math.abs(minutes))}`;
}
