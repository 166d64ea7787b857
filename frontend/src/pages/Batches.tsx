import { Plus } from "lucide-react";
import { BatchJobsList } from "@/components/batch/BatchJobsList";
import { Page } from "@/components/layout/Page";
import { Button } from "@/components/ui/button";
import { useNewBatch } from "@/hooks/new-batch";

export function Batches() {
  const newBatch = useNewBatch();
  return (
    <Page
      title="Batches"
      description="Everything you have uploaded together, and how it gets on."
      actions={
        <Button onClick={() => newBatch()} className="hidden sm:inline-flex lg:hidden">
          <Plus aria-hidden />
          New batch
        </Button>
      }
    >
      <BatchJobsList />
    </Page>
  );
}
