/** Sends files to the store: five transfers at a time across all files and parts, each part tried three times. */
import { ATTEMPTS, delayAfter, pause, untilOnline } from "@/lib/backoff";
import { type Piece, piecesOf } from "@/lib/pieces";
import { ApiError, explain, isPassing } from "@/lib/problems";
import { Speedometer } from "@/lib/speed";
import { type Job, newJob, show, type Upload, type UploadServer, type Uploads } from "@/lib/upload-job";
import type { JournalEntry } from "@/lib/upload-journal";
import type { UploadedVideo, UploadPlan, UploadState } from "@/types/batch";

const TRANSFERS = 5;
const TOLD_EVERY_MS = 150;
const MARGIN_MS = 60_000;

export class Uploader {
  private jobs: Job[] = [];
  private active = 0;
  private listeners = new Set<() => void>();
  private shown: Uploads = { all: [], speed: 0 };
  private timer: ReturnType<typeof setTimeout> | null = null;
  private meter = new Speedometer();
  private sentInAll = 0;

  constructor(private readonly server: UploadServer) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get = (): Uploads => this.shown;

  /** Begin to send a file; `stored` are the parts that the store has already. */
  add(entry: JournalEntry, file: File, plan: UploadPlan, stored: UploadState["parts"] = []): void {
    this.jobs = this.jobs.filter((job) => job.upload.id !== entry.id);
    const job = newJob(entry);
    this.jobs.push(job);
    this.load(job, file, plan, stored);
    this.pump();
  }

  /** Show an upload whose file the browser has lost; `attach` goes on with it. */
  await(entries: readonly JournalEntry[]): void {
    const news = entries.filter((entry) => !this.jobs.some((job) => job.upload.id === entry.id));
    this.jobs.push(...news.map((entry) => newJob(entry, "missing")));
    this.tell();
  }

  /** Go on with uploads whose files were chosen again; gives back the files that belong to none. */
  async attach(files: readonly File[]): Promise<File[]> {
    const left: File[] = [];
    const found: Promise<void>[] = [];
    for (const file of files) {
      const job = this.jobs.find(
        ({ upload, file: known }) =>
          !known && upload.status === "missing" && upload.name === file.name && upload.size === file.size,
      );
      if (job) {
        job.file = file;
        found.push(this.refresh(job));
      } else left.push(file);
    }
    await Promise.all(found);
    return left;
  }

  /** Stop sending for now; what was stored stays. */
  pause(id: string): void {
    const job = this.of(id);
    if (!job || !["waiting", "uploading"].includes(job.upload.status)) return;
    this.stop(job);
    this.change(job, { status: "paused", failures: 0 });
    this.meter.reset();
  }

  resume(id: string): void {
    const job = this.of(id);
    if (job?.upload.status !== "paused") return;
    this.change(job, { status: "waiting" });
    this.pump();
  }

  /** Try a failed one again; the server says what it has. */
  retry(id: string): void {
    const job = this.of(id);
    if (job?.upload.status === "failed" && job.file) void this.refresh(job);
  }

  /** Forget an upload, whatever it is at. */
  remove(id: string): void {
    const job = this.of(id);
    if (!job) return;
    this.stop(job);
    this.jobs = this.jobs.filter((other) => other !== job);
    for (const settle of job.settled) settle();
    this.tell();
    this.pump();
  }

  /** Forget those that have arrived. */
  clearDone(): void {
    this.jobs = this.jobs.filter((job) => job.upload.status !== "done");
    this.tell();
  }

  /** Resolves when these uploads are done, failed or removed; gives the videos that have arrived. */
  async settled(ids: readonly string[]): Promise<UploadedVideo[]> {
    const jobs = this.jobs.filter((job) => ids.includes(job.upload.id));
    await Promise.all(
      jobs.map((job) => {
        if (["done", "failed"].includes(job.upload.status)) return null;
        return new Promise<void>((resolve) => job.settled.push(resolve));
      }),
    );
    return jobs.map((job) => job.video).filter((video) => video !== null);
  }

  private of(id: string): Job | undefined {
    return this.jobs.find((job) => job.upload.id === id);
  }

  private load(job: Job, file: File, plan: UploadPlan, stored: UploadState["parts"]): void {
    try {
      job.file = file;
      job.plan = plan;
      job.waiting = piecesOf(file.size, plan, new Set(stored.map((part) => part.number)));
      job.storedBytes = stored.reduce((sum, part) => sum + part.size_bytes, 0);
      this.change(job, { status: "waiting", error: null, failures: 0 });
      if (job.waiting.length === 0) void this.complete(job);
    } catch (error) {
      this.fail(job, error);
    }
  }

  private async refresh(job: Job): Promise<void> {
    this.change(job, { status: "waiting", error: null, failures: 0 });
    try {
      const state = await this.server.getUpload(job.upload.id);
      if (state.complete) this.finish(job, null);
      else if (job.file) this.load(job, job.file, state.plan, state.parts);
      this.pump();
    } catch (error) {
      this.fail(job, error);
    }
  }

  private pump(): void {
    while (this.active < TRANSFERS) {
      const job = this.jobs.find(
        (one) =>
          one.waiting.length > 0 && one.plan && (one.upload.status === "waiting" || one.upload.status === "uploading"),
      );
      const piece = job?.waiting.shift();
      if (!job || !piece) return;
      this.change(job, { status: "uploading" });
      this.active += 1;
      void this.transfer(job, piece).finally(() => {
        this.active -= 1;
        this.pump();
      });
    }
  }

  private async transfer(job: Job, piece: Piece): Promise<void> {
    const moving = { stop: new AbortController(), sent: 0, piece };
    job.moving.set(piece.number, moving);
    try {
      await this.persist(job, piece, moving);
      job.storedBytes += piece.size;
      job.moving.delete(piece.number);
      this.tell();
      if (job.waiting.length === 0 && job.moving.size === 0) await this.complete(job);
    } catch (error) {
      job.moving.delete(piece.number);
      if (!moving.stop.signal.aborted) this.fail(job, error);
    }
  }

  private async persist(job: Job, piece: Piece, moving: { stop: AbortController; sent: number }): Promise<void> {
    const signal = moving.stop.signal;
    let expired = false;
    for (let failures = 0; ; ) {
      try {
        const { url, headers } = await this.address(job, piece, expired);
        const file = job.file as File;
        const body = file.slice(piece.offset, piece.offset + piece.size);
        const onProgress = (sent: number) => {
          this.sentInAll += Math.max(0, sent - moving.sent);
          moving.sent = Math.min(sent, piece.size);
          this.tell();
        };
        return await this.server.put({ url, headers, body, signal, onProgress });
      } catch (error) {
        moving.sent = 0;
        // Stores answer 403 to a URL that is past its time; another one may be good.
        expired = error instanceof ApiError && error.status === 403;
        failures += 1;
        if (signal.aborted || failures >= ATTEMPTS || !(isPassing(error) || expired)) throw error;
        this.change(job, { failures: job.upload.failures + 1 });
        await pause(delayAfter(failures), signal);
        await untilOnline(signal);
      }
    }
  }

  /** Where a piece goes. URLs live for minutes, so each is asked for just before it is used. */
  private async address(job: Job, piece: Piece, expired: boolean) {
    const plan = job.plan as UploadPlan;
    const fresh = Date.parse(plan.expires_at) - Date.now() > MARGIN_MS;
    if (piece.number === 1 && !expired && fresh) return { url: plan.url, headers: plan.headers };
    if (plan.upload_id === null) {
      job.plan = (await this.server.getUpload(job.upload.id)).plan;
      return { url: job.plan.url, headers: job.plan.headers };
    }
    const part = await this.server.signPart(job.upload.id, piece.number);
    return { url: part.url, headers: plan.headers };
  }

  private async complete(job: Job): Promise<void> {
    this.change(job, { status: "finishing" });
    for (let failures = 0; ; ) {
      try {
        return this.finish(job, await this.server.complete(job.upload.id));
      } catch (error) {
        failures += 1;
        if (failures >= ATTEMPTS || !isPassing(error)) return this.fail(job, error);
        await pause(delayAfter(failures));
      }
    }
  }

  private finish(job: Job, video: UploadedVideo | null): void {
    job.video = video;
    job.file = null;
    job.storedBytes = job.upload.size;
    this.change(job, { status: "done", failures: 0 });
    for (const settle of job.settled.splice(0)) settle();
  }

  private fail(job: Job, error: unknown): void {
    this.stop(job);
    this.change(job, { status: "failed", error: explain(error).detail });
    for (const settle of job.settled.splice(0)) settle();
  }

  private stop(job: Job): void {
    for (const { stop, piece } of job.moving.values()) {
      stop.abort();
      job.waiting.unshift(piece);
    }
    job.moving.clear();
    job.waiting.sort((a, b) => a.number - b.number);
  }

  private change(job: Job, facts: Partial<Upload>): void {
    job.upload = { ...job.upload, ...facts };
    this.tell();
  }

  private tell(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.meter.note(this.sentInAll, Date.now());
      this.shown = { all: this.jobs.map(show), speed: this.meter.speed };
      for (const listener of this.listeners) listener();
    }, TOLD_EVERY_MS);
  }
}
