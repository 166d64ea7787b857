/** One event stream for all tabs of a browser: the tab that holds the lock listens to the server and tells the others. */
import { createStore, type Store } from "@/lib/store";

export type LiveState = "connecting" | "live" | "reconnecting" | "offline";

export interface SourceLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onerror: (() => void) | null;
  close: () => void;
}

export interface SharedStream {
  state: Store<LiveState>;
  /** Hears every event, in every tab. */
  listen: (listener: (event: unknown) => void) => () => void;
  close: () => void;
}

interface Options {
  /** Tabs with the same name share one stream. */
  name: string;
  makeSource: () => SourceLike;
  locks?: Pick<LockManager, "request"> | undefined;
  makeChannel?: ((name: string) => BroadcastChannel) | undefined;
}

type Told = { event: unknown } | { state: LiveState } | { hello: true };

const FIRST_MS = 1000;
const MOST_MS = 30_000;
/** After so many failures in a row it is no hiccup any more. */
const OFFLINE_AFTER = 3;

export function openSharedStream({ name, makeSource, locks, makeChannel }: Options): SharedStream {
  const state = createStore<LiveState>("connecting");
  const listeners = new Set<(event: unknown) => void>();
  const channel = makeChannel?.(name);
  const closed = new AbortController();
  let leads = false;

  const hear = (event: unknown) => {
    for (const listener of [...listeners]) listener(event);
  };
  const tell = (told: Told) => channel?.postMessage(told);
  const become = (next: LiveState) => {
    state.set(next);
    tell({ state: next });
  };

  if (channel) {
    channel.onmessage = ({ data }: MessageEvent<Told>) => {
      if ("hello" in data) {
        if (leads) tell({ state: state.get() });
      } else if ("state" in data) state.set(data.state);
      else hear(data.event);
    };
    tell({ hello: true });
  }

  const lead = () => {
    leads = true;
    return follow({
      makeSource,
      signal: closed.signal,
      become,
      hear: (event) => {
        hear(event);
        tell({ event });
      },
    });
  };
  // Without locks every tab listens for itself, which is only less thrifty.
  if (locks && channel) {
    void locks.request(name, { signal: closed.signal }, lead).catch(() => {});
  } else void lead();

  return {
    state,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      closed.abort();
      channel?.close();
    },
  };
}

interface Following {
  makeSource: () => SourceLike;
  signal: AbortSignal;
  become: (state: LiveState) => void;
  hear: (event: unknown) => void;
}

/** Listen to the server, and connect again whenever that ends; a source that was refused would not do that by itself. */
function follow({ makeSource, signal, become, hear }: Following): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    let failures = 0;
    let source: SourceLike | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      clearTimeout(timer);
      source?.close();
      source = makeSource();
      source.onopen = () => {
        failures = 0;
        become("live");
      };
      source.onmessage = ({ data }) => hear(JSON.parse(data));
      source.onerror = () => {
        source?.close();
        failures += 1;
        become(failures > OFFLINE_AFTER || navigator.onLine === false ? "offline" : "reconnecting");
        timer = setTimeout(connect, Math.min(MOST_MS, FIRST_MS * 2 ** (failures - 1)) * (0.8 + Math.random() * 0.4));
      };
    };
    const lost = () => become("offline");
    const again = () => {
      failures = 0;
      connect();
    };
    window.addEventListener("offline", lost);
    window.addEventListener("online", again);
    signal.addEventListener("abort", () => {
      window.removeEventListener("offline", lost);
      window.removeEventListener("online", again);
      clearTimeout(timer);
      source?.close();
      resolve();
    });
    connect();
  });
}
