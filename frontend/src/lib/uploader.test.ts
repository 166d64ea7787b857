import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "@/lib/problems";
import type { Sending } from "@/lib/transfer";
import type { UploadServer } from "@/lib/upload-job";
import { Uploader } from "@/lib/uploader";
import { makeFile } from "@/test/make";
import type { UploadPlan, UploadState } from "@/types/batch";

vi.mock("@/lib/backoff", async (original) => ({ ...(await original<object>()), delayAfter: () => 1 }));
afterEach(() => vi.restoreAllMocks());

const ENTRY = { id: "v1", batchId: "b", batchName: "Talks", name: "a.mp4", size: 1000, lastModified: 1 };
const soon = () => new Date(Date.now() + 900_000).toISOString();

function plan(facts: Partial<UploadPlan> = {}): UploadPlan {
  return {
    video_id: "v1",
    name: "a.mp4",
    upload_id: "u",
    url: "http://store.test/1",
    headers: {},
    part_size_bytes: 100,
    part_count: 10,
    expires_at: soon(),
    arrived: false,
    ...facts,
  };
}

/** A store in memory that can be told to misbehave. */
function store(put: (sending: Sending) => Promise<void> = async () => {}) {
  const urls: string[] = [];
  const state: UploadState = { plan: plan(), parts: [], complete: false };
  let moving = 0;
  let most = 0;
  const server: UploadServer = {
    put: async (sending) => {
      urls.push(sending.url);
      moving += 1;
      most = Math.max(most, moving);
      try {
        await put(sending);
      } finally {
        moving -= 1;
      }
    },
    getUpload: async () => state,
    signPart: async (_, number) => ({ number, url: `http://store.test/${number}`, size_bytes: 100 }),
    complete: vi.fn(async () => ({ id: "v1" }) as never),
  };
  return { server, urls, state, most: () => most };
}

const status = (uploader: Uploader) => uploader.get().all[0]?.status;
const until = (uploader: Uploader, wanted: string) => vi.waitFor(() => expect(status(uploader)).toBe(wanted), 4000);

describe("the uploader", () => {
  it("sends every part once, five at a time, and completes", async () => {
    const { server, urls, most } = store(() => new Promise((resolve) => setTimeout(resolve, 5)));
    const uploader = new Uploader(server);
    uploader.add(ENTRY, makeFile("a.mp4"), plan());
    await uploader.settled(["v1"]);
    expect(urls.sort()).toEqual(Array.from({ length: 10 }, (_, n) => `http://store.test/${n + 1}`).sort());
    expect(most()).toBe(5);
    expect(server.complete).toHaveBeenCalledOnce();
  });

  it("sends only what the store does not have", async () => {
    const { server, urls } = store();
    const uploader = new Uploader(server);
    const parts = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => ({ number, size_bytes: 100, etag: "e" }));
    uploader.add(ENTRY, makeFile("a.mp4"), plan(), parts);
    await uploader.settled(["v1"]);
    expect(urls.sort()).toEqual(["http://store.test/10", "http://store.test/9"]);
  });

  it("tries a part again that did not get through, with a fresh link when the old one had expired", async () => {
    let refused = false;
    const { server, urls } = store(async ({ url }) => {
      if (url.endsWith("/1") && !refused) {
        refused = true;
        throw new ApiError({ status: 403, code: "link_expired", detail: "Expired." });
      }
    });
    const signed = vi.spyOn(server, "signPart");
    const uploader = new Uploader(server);
    uploader.add(ENTRY, makeFile("a.mp4", 100), plan({ part_count: 1 }));
    await uploader.settled(["v1"]);
    expect(urls).toHaveLength(2);
    expect(signed).toHaveBeenCalledOnce();
  });

  it("gives up after three tries, and a retry asks what the store has", async () => {
    let works = false;
    const { server, urls, state } = store(async ({ url }) => {
      if (!works && url.endsWith("/7")) throw new ApiError({ status: 500, code: "internal", detail: "Broken." });
    });
    const uploader = new Uploader(server);
    uploader.add(ENTRY, makeFile("a.mp4"), plan());
    await until(uploader, "failed");
    expect(urls.filter((url) => url.endsWith("/7"))).toHaveLength(3);
    expect(uploader.get().all[0]?.error).toBe("Broken.");
    state.parts = [1, 2, 3, 4, 5, 6, 8, 9, 10].map((number) => ({ number, size_bytes: 100, etag: "e" }));
    works = true;
    urls.length = 0;
    uploader.retry("v1");
    await until(uploader, "done");
    expect(urls).toEqual(["http://store.test/7"]);
  });

  it("does not try again what was refused for good", async () => {
    const { server, urls } = store(async () => {
      throw new ApiError({ status: 413, code: "too_large", detail: "Too large." });
    });
    const uploader = new Uploader(server);
    uploader.add(ENTRY, makeFile("a.mp4", 100), plan({ part_count: 1 }));
    await until(uploader, "failed");
    expect(urls).toHaveLength(1);
  });

  it("pauses one upload and goes on with it, while another goes on all the time", async () => {
    let open = false;
    const { server, urls } = store(({ url, signal }) =>
      url.includes("other") || open
        ? Promise.resolve()
        : new Promise((_, reject) => {
            const stop = () => reject(new DOMException("", "AbortError"));
            if (signal.aborted) stop();
            else signal.addEventListener("abort", stop);
          }),
    );
    const uploader = new Uploader(server);
    uploader.add(ENTRY, makeFile("a.mp4"), plan());
    uploader.pause("v1");
    uploader.add(
      { ...ENTRY, id: "v2" },
      makeFile("b.mp4", 100),
      plan({ upload_id: null, url: "http://store.test/other" }),
    );
    await uploader.settled(["v2"]);
    await until(uploader, "paused");
    open = true;
    urls.length = 0;
    uploader.resume("v1");
    await until(uploader, "done");
    expect(new Set(urls).size).toBe(10);
  });

  it("goes on after a reload when the same file is chosen again, and refuses another", async () => {
    const { server, urls, state } = store();
    state.parts = [1, 2, 3, 4].map((number) => ({ number, size_bytes: 100, etag: "e" }));
    const uploader = new Uploader(server);
    uploader.await([ENTRY]);
    await until(uploader, "missing");
    const strange = makeFile("a.mp4", 999);
    expect(await uploader.attach([strange])).toEqual([strange]);
    expect(await uploader.attach([makeFile("a.mp4", 1000)])).toEqual([]);
    await until(uploader, "done");
    expect(urls).toHaveLength(6);
  });

  it("says so when a file is not of the size that was announced", async () => {
    const uploader = new Uploader(store().server);
    uploader.add(ENTRY, makeFile("a.mp4", 5000), plan());
    await until(uploader, "failed");
    expect(uploader.get().all[0]?.error).toMatch(/its size is different/);
  });
});
