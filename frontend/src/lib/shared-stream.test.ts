import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSharedStream, type SourceLike } from "@/lib/shared-stream";

const opened: { close: () => void }[] = [];
const sources: (SourceLike & { closed: boolean })[] = [];
const makeSource = () => {
  const source = { onopen: null, onmessage: null, onerror: null, closed: false, close: () => {} } as SourceLike & {
    closed: boolean;
  };
  source.close = () => {
    source.closed = true;
  };
  sources.push(source);
  return source;
};

/** Locks of one browser, as its tabs share them. */
function browser() {
  const waiting: (() => void)[] = [];
  let held = false;
  const next = () => {
    held = false;
    waiting.shift()?.();
  };
  const request = (_: string, options: { signal: AbortSignal }, work: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        held = true;
        work().then(resolve).finally(next);
      };
      options.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      if (held) waiting.push(begin);
      else begin();
    });
  const channels: { onmessage: ((event: { data: unknown }) => void) | null }[] = [];
  const makeChannel = () => {
    const channel = {
      onmessage: null,
      postMessage: (data: unknown) => {
        for (const other of channels) if (other !== channel) other.onmessage?.({ data });
      },
      close: () => channels.splice(channels.indexOf(channel), 1),
    };
    channels.push(channel);
    return channel;
  };
  return () => {
    const stream = openSharedStream({
      name: "live",
      makeSource,
      locks: { request } as never,
      makeChannel: makeChannel as never,
    });
    opened.push(stream);
    return stream;
  };
}

beforeEach(() => {
  sources.length = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  for (const stream of opened.splice(0)) stream.close();
  vi.useRealTimers();
});

describe("the stream that tabs share", () => {
  it("is opened once, and heard in every tab", () => {
    const openTab = browser();
    const [first, second] = [openTab(), openTab()];
    expect(sources).toHaveLength(1);
    const heard: unknown[] = [];
    second.listen((event) => heard.push(event));
    sources[0]?.onopen?.();
    sources[0]?.onmessage?.({ data: '{"type":"batch"}' });
    expect(heard).toEqual([{ type: "batch" }]);
    expect([first.state.get(), second.state.get()]).toEqual(["live", "live"]);
  });

  it("tells a tab that comes later how things are", () => {
    const openTab = browser();
    openTab();
    sources[0]?.onopen?.();
    expect(openTab().state.get()).toBe("live");
  });

  it("is taken over when the tab that listens is closed", async () => {
    const openTab = browser();
    const [first, second] = [openTab(), openTab()];
    first.close();
    await vi.waitFor(() => expect(sources).toHaveLength(2));
    expect(sources[0]?.closed).toBe(true);
    sources[1]?.onopen?.();
    expect(second.state.get()).toBe("live");
  });

  it("connects again after an interruption, ever more patiently, and says so", () => {
    const stream = browser()();
    sources[0]?.onopen?.();
    sources[0]?.onerror?.();
    expect(stream.state.get()).toBe("reconnecting");
    vi.advanceTimersByTime(1300);
    expect(sources).toHaveLength(2);
    for (let failures = 1; failures < 4; failures += 1) {
      sources.at(-1)?.onerror?.();
      vi.advanceTimersByTime(30_000);
    }
    expect(stream.state.get()).toBe("offline");
    sources.at(-1)?.onopen?.();
    expect(stream.state.get()).toBe("live");
  });

  it("connects at once when the network is back", () => {
    const stream = browser()();
    window.dispatchEvent(new Event("offline"));
    expect(stream.state.get()).toBe("offline");
    window.dispatchEvent(new Event("online"));
    expect(sources).toHaveLength(2);
  });
});
