/** Answers and live events pass each other on their way: of two views of the same thing the newer one counts. */
import { replaceEqualDeep } from "@tanstack/react-query";
import type { BatchExport, BatchJobDetails, BatchJobPage } from "@/types/batch";

interface Versioned {
  id: string;
  revision: number;
}

/** The things of an answer, each as it was known where that is newer. */
export function newest<T extends Versioned>(known: readonly T[] | undefined, answered: readonly T[]): T[] {
  const before = new Map(known?.map((one) => [one.id, one]));
  return answered.map((one) => {
    const was = before.get(one.id);
    return was && was.revision > one.revision ? was : one;
  });
}

/** The same for a batch with its videos. What did not change stays the same object, so that it is not drawn anew. */
export function newestBatch(known: unknown, answered: unknown): BatchJobDetails {
  const [was, is] = [known as BatchJobDetails | undefined, answered as BatchJobDetails];
  const job = was && was.revision > is.revision ? was : is;
  return replaceEqualDeep(was, { ...job, videos: newest(was?.videos, is.videos) });
}

export function newestPage(known: unknown, answered: unknown): BatchJobPage {
  const [was, is] = [known as BatchJobPage | undefined, answered as BatchJobPage];
  return replaceEqualDeep(was, { ...is, batch_jobs: newest(was?.batch_jobs, is.batch_jobs) });
}

export function newestExports(known: unknown, answered: unknown): BatchExport[] {
  const was = known as BatchExport[] | undefined;
  return replaceEqualDeep(was, newest(was, answered as BatchExport[]));
}
