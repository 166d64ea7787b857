import { createContext, useContext } from "react";

/** Opens the dialog for a new batch, with these files already in it. */
export const NewBatchContext = createContext<(files?: File[]) => void>(() => {});

export function useNewBatch(): (files?: File[]) => void {
  return useContext(NewBatchContext);
}
