import { Download } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { ExportHistory } from "@/components/batch/ExportHistory";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { useExports } from "@/hooks/exports";
import { plural } from "@/lib/format";
import { FORMAT } from "@/lib/status";
import type { BatchExportFormat, BatchJob } from "@/types/batch";

const BatchExportDialog = lazy(() => import("@/components/batch/BatchExportDialog"));
const FORMATS: readonly BatchExportFormat[] = ["zip", "merged", "playlist"];

/** Exports of a batch that has ended: make one, download those that are there. */
export function ExportSection({ batch }: { batch: BatchJob }) {
  const [format, setFormat] = useState<BatchExportFormat>("zip");
  const [open, setOpen] = useState(false);
  const { data: exports } = useExports(batch.id);
  return (
    <Card aria-labelledby="export-title">
      <CardHeader className="flex-wrap last:pb-4">
        <div>
          <CardTitle id="export-title">Export</CardTitle>
          <p className="text-muted text-sm">{plural(batch.completed_videos, "finished video")} in one download.</p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Select
            aria-label="Export format"
            className="w-52"
            value={format}
            onChange={setFormat}
            options={FORMATS.map((value) => ({
              value,
              label: FORMAT[value].label,
            }))}
          />
          <Button onClick={() => setOpen(true)}>
            <Download aria-hidden />
            Export all
          </Button>
        </div>
      </CardHeader>
      {exports && exports.length > 0 && (
        <CardBody>
          <ExportHistory exports={exports} />
        </CardBody>
      )}
      {open && (
        <Suspense fallback={null}>
          <BatchExportDialog batchJobId={batch.id} defaultFormat={format} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Card>
  );
}
