import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { uploader } from "@/api/uploads";
import BatchUploadModal from "@/components/batch/BatchUploadModal";
import { ApiError } from "@/lib/problems";
import type { Sending } from "@/lib/transfer";
import { makeDetails, makeFile, makeTemplate } from "@/test/make";
import { show } from "@/test/render";
import { answers, refuses } from "@/test/server";

const sent: Sending[] = [];
let put: (sending: Sending) => Promise<void>;
// The store is the outside here: what goes to it is taken at the door.
vi.mock("@/lib/transfer", () => ({ put: (sending: Sending) => put(sending) }));
vi.mock("@/lib/backoff", async (original) => ({ ...(await original<object>()), delayAfter: () => 1 }));

beforeEach(() => {
  sent.length = 0;
  put = async (sending) => {
    sent.push(sending);
    sending.onProgress(sending.body.size);
  };
});
afterEach(() => {
  for (const { id } of uploader.get().all) uploader.remove(id);
});

function modal(props: Partial<Parameters<typeof BatchUploadModal>[0]> = {}) {
  const onComplete = vi.fn();
  const onOpenChange = vi.fn();
  return {
    ...show(<BatchUploadModal onComplete={onComplete} onOpenChange={onOpenChange} {...props} />),
    onComplete,
    onOpenChange,
  };
}

function created(names: string[]) {
  const batch = makeDetails(
    names.map((name) => ({ name, uploaded_at: null })),
    { status: "pending", name: "Talks" },
  );
  const { videos, ...batch_job } = batch;
  const uploads = videos.map((video) => ({
    video_id: video.video_id,
    name: video.name,
    upload_id: null,
    url: `http://store.test/${video.name}`,
    headers: {},
    part_size_bytes: 1000,
    part_count: 1,
    expires_at: new Date(Date.now() + 900_000).toISOString(),
  }));
  const asked = answers(
    "post",
    "/api/batch-jobs",
    { batch_job_id: batch.id, batch_job, videos, uploads, upload_urls: [] },
    201,
  );
  answers("get", "/api/batch-jobs/:id", { batch_job, videos });
  answers("post", "/api/videos/:id/complete", { id: "v", status: "checking" });
  return { asked, batch };
}

/** As by the browser's chooser, in which people can ask for files of any kind. */
function choose(files: File[]) {
  fireEvent.change(screen.getByTestId("files"), { target: { files } });
}

const TWO = [makeFile("Talks 01.mp4"), makeFile("Talks 02.mov")];

describe("a new batch", () => {
  it("begins empty, and says what is missing", async () => {
    const { user } = modal();
    expect(await screen.findByText("Drop videos or folders here")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Upload" }));
    expect(screen.getByText("Choose at least one video.")).toBeInTheDocument();
    expect(screen.getByText("Give the batch a name.")).toBeInTheDocument();
  });

  it("lists chosen files with their sizes, suggests a name, and lets files be removed", async () => {
    const { user } = modal();
    choose(TWO);
    expect(screen.getByText("Talks 01.mp4")).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: "Batch name" })).toHaveValue("Talks");
    await user.click(screen.getByRole("button", { name: "Remove Talks 01.mp4" }));
    expect(screen.queryByText("Talks 01.mp4")).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Upload 1 video" })).toBeInTheDocument();
  });

  it("says for each file that it leaves out why, before anything is sent", async () => {
    const { user } = modal();
    choose(TWO);
    choose([
      makeFile("notes.txt", 10, "text/plain"),
      makeFile("empty.mp4", 0),
      makeFile("huge.mp4", 3 * 1024 ** 3),
      TWO[0] as File,
    ]);
    expect(screen.getByText("4 files left out")).toBeInTheDocument();
    expect(screen.getByText(/use MP4, MOV, AVI or WebM/)).toBeInTheDocument();
    expect(screen.getByText(/The file is empty/)).toBeInTheDocument();
    expect(screen.getByText(/3.2 GB is more than the 2 GB/)).toBeInTheDocument();
    expect(screen.getByText(/Already in the list/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText("4 files left out")).not.toBeInTheDocument();
  });

  it("takes no more files than the plan allows", async () => {
    modal();
    await screen.findByText(/Up to 20 videos with your creator plan/);
    choose(Array.from({ length: 22 }, (_, place) => makeFile(`Talk ${place}.mp4`)));
    expect(screen.getByRole("button", { name: "Upload 20 videos" })).toBeInTheDocument();
    expect(screen.getAllByText(/Your plan allows 20 videos/)).toHaveLength(2);
  });

  it("takes files that are dropped on it", async () => {
    modal();
    const dialog = await screen.findByRole("dialog");
    fireEvent.drop(dialog, { dataTransfer: { items: [], files: TWO, types: ["Files"] } });
    expect(await screen.findByText("Talks 02.mov")).toBeInTheDocument();
  });

  it("begins with the default template", async () => {
    const settings = { ...makeTemplate().settings, export_quality: "720p" as const };
    answers("get", "/api/settings-templates", { templates: [makeTemplate({ settings, is_default: true })] });
    modal();
    const preview = within(await screen.findByRole("group", { name: "Selected settings" }));
    expect(preview.getByText("720p MP4")).toBeInTheDocument();
  });

  it("uploads, shows progress, and starts when it is told to", async () => {
    const { asked, batch } = created(["Talks 01.mp4", "Talks 02.mov"]);
    const { videos: _, ...job } = batch;
    const started = answers(
      "post",
      "/api/batch-jobs/:id/start",
      { job_id: "1", batch_job: { ...job, status: "processing" } },
      202,
    );
    const { user, onComplete } = modal({ initialFiles: TWO });
    await user.type(await screen.findByRole("textbox", { name: /Description/ }), "All of it");
    await user.click(await screen.findByRole("checkbox", { name: "Remove silence" }));
    await user.click(screen.getByRole("button", { name: "Upload 2 videos" }));
    expect(await screen.findByText("Batch created")).toBeInTheDocument();
    expect(asked[0]?.body).toMatchObject({
      name: "Talks",
      description: "All of it",
      settings: { remove_silence: false, transcribe: false },
      files: [
        { name: "Talks 01.mp4", size: 1000, type: "video/mp4" },
        { name: "Talks 02.mov", size: 1000 },
      ],
    });
    expect(sent.map(({ url }) => url).sort()).toEqual([
      "http://store.test/Talks 01.mp4",
      "http://store.test/Talks 02.mov",
    ]);
    await user.click(screen.getByRole("button", { name: "Start Processing" }));
    await waitFor(() => expect(started).toHaveLength(1));
    await waitFor(() => expect(onComplete).toHaveBeenCalled());
  });

  it("can be told to start when everything is there, and then asks for no more", async () => {
    const { batch } = created(["Talks 01.mp4"]);
    const { videos: _, ...job } = batch;
    let arrive = () => {};
    put = () => new Promise((resolve) => (arrive = () => resolve()));
    const changed = answers("patch", "/api/batch-jobs/:id", { ...job, start_when_uploaded: true });
    const { user, onComplete } = modal({ initialFiles: TWO.slice(0, 1) });
    await user.click(await screen.findByRole("button", { name: "Upload 1 video" }));
    answers("get", "/api/batch-jobs/:id", { batch_job: { ...job, start_when_uploaded: true }, videos: batch.videos });
    await user.click(await screen.findByRole("checkbox", { name: /Start processing as soon as/ }));
    await waitFor(() => expect(changed[0]?.body).toEqual({ start_when_uploaded: true }));
    arrive();
    expect(await screen.findByText(/processing starts by itself/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Start Processing" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "View the batch" }));
    expect(onComplete).toHaveBeenCalled();
  });

  it("shows what each file is at, and can be left alone", async () => {
    created(["Talks 01.mp4", "Talks 02.mov"]);
    put = (sending) => {
      sending.onProgress(400);
      return new Promise(() => {});
    };
    const { user, onOpenChange } = modal({ initialFiles: TWO });
    await user.click(await screen.findByRole("button", { name: "Upload 2 videos" }));
    const bar = await screen.findByRole("progressbar", { name: "Upload of Talks 01.mp4" });
    await waitFor(() => expect(bar).toHaveAttribute("aria-valuenow", "40"));
    await user.click(screen.getByRole("button", { name: "Pause Talks 01.mp4" }));
    expect(await screen.findByRole("button", { name: "Resume Talks 01.mp4" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Continue in the background" }));
    expect(onOpenChange).toHaveBeenCalledWith(false);
  });

  it("tries three times by itself, then says why a file failed, and lets people retry or remove it", async () => {
    const { batch } = created(["Talks 01.mp4"]);
    let tries = 0;
    put = async () => {
      tries += 1;
      throw new ApiError({ status: 503, code: "unavailable", detail: "The store does not answer." });
    };
    const { user } = modal({ initialFiles: [TWO[0] as File] });
    await user.click(await screen.findByRole("button", { name: "Upload 1 video" }));
    expect(await screen.findByText("The store does not answer.")).toBeInTheDocument();
    expect(tries).toBe(3);
    const video_id = batch.videos[0]?.video_id as string;
    answers("get", "/api/videos/:id/upload", {
      plan: {
        video_id,
        name: "",
        upload_id: null,
        url: "http://store.test/again",
        headers: {},
        part_size_bytes: 1000,
        part_count: 1,
        expires_at: new Date(Date.now() + 900_000).toISOString(),
      },
      parts: [],
      complete: false,
    });
    await user.click(screen.getByRole("button", { name: "Retry Talks 01.mp4" }));
    await waitFor(() => expect(tries).toBe(6));
    const removed = answers("post", "/api/batch-jobs/:id/remove-videos", { batch_job: batch, videos: [] });
    await user.click(await screen.findByRole("button", { name: "Remove Talks 01.mp4" }));
    await waitFor(() => expect(removed[0]?.body).toEqual({ video_ids: [video_id] }));
    expect(await screen.findByText("No file is left in this batch.")).toBeInTheDocument();
  });

  it.each([
    [403, "quota", "Your plan's limit is reached", "Your tier (creator) allows 20 videos in a batch."],
    [413, "too_large", "That is too large", "The body is larger than the API accepts."],
    [422, "invalid", "Something needs to be corrected", "The name is wrong."],
    [429, "rate_limited", "Too many tries in a short time", "20 new batches within an hour."],
    [503, "unavailable", "A part of the server is busy", "The scheduler does not answer."],
  ])("has words for a refusal with %i %s", async (status, code, title, detail) => {
    refuses("post", "/api/batch-jobs", status, code, detail);
    const { user } = modal({ initialFiles: TWO });
    await user.click(await screen.findByRole("button", { name: "Upload 2 videos" }));
    expect(await screen.findByText(title)).toBeInTheDocument();
    expect(screen.getByText(detail)).toBeInTheDocument();
  });

  it("asks before it throws away what was chosen", async () => {
    const { user, onOpenChange } = modal();
    choose(TWO);
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    const question = within(await screen.findByRole("alertdialog"));
    expect(onOpenChange).not.toHaveBeenCalled();
    await user.click(question.getByRole("button", { name: "Discard" }));
    expect(onOpenChange).toHaveBeenCalledWith(false);
  });
});
