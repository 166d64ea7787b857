/** Which bytes of a file go where. */
import type { UploadPlan } from "@/types/batch";

/** What is sent in one PUT: a part of a multipart upload, or a whole file as number 1. */
export interface Piece {
  number: number;
  offset: number;
  size: number;
}

/** The pieces that are still to be sent, in order. Throws when the plan is for a file of another size. */
export function piecesOf(size: number, plan: UploadPlan, stored: ReadonlySet<number> = new Set()): Piece[] {
  if (plan.upload_id === null) return stored.has(1) ? [] : [{ number: 1, offset: 0, size }];
  const step = plan.part_size_bytes;
  if (step <= 0 || Math.ceil(size / step) !== plan.part_count) {
    throw new Error("This is not the file that was announced: its size is different.");
  }
  const pieces: Piece[] = [];
  for (let number = 1; number <= plan.part_count; number += 1) {
    const offset = (number - 1) * step;
    if (!stored.has(number)) pieces.push({ number, offset, size: Math.min(step, size - offset) });
  }
  return pieces;
}
