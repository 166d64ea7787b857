import { useSyncExternalStore } from "react";
import type { Store } from "@/lib/store";

/** The value of a store, rendered anew when it changes. */
export function useStore<T>(store: Pick<Store<T>, "get" | "subscribe">): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
