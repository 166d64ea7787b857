import { useParams } from "react-router";
import { BatchJobDetails } from "@/components/batch/BatchJobDetails";

export function Batch() {
  const { id = "" } = useParams();
  return <BatchJobDetails key={id} batchJobId={id} />;
}
