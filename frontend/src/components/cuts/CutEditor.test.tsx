import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import CutEditor from "@/components/cuts/CutEditor";
import { makeCuts, makeJob, makeVideo } from "@/test/make";
import { show } from "@/test/render";
import { answers, refuses } from "@/test/server";
import type { BatchVideo } from "@/types/batch";

const ROUTE = "/api/batch-jobs/:batch/videos/:video/cuts";

function editor(facts: Partial<BatchVideo> = {}, at = 0) {
  const [onSeek, onPreview] = [vi.fn(), vi.fn()];
  const of = makeCuts();
  const batch = makeJob({ id: "b", status: "completed" });
  const video = makeVideo({ status: "completed", video_id: "v", ...facts });
  const view = show(<CutEditor of={of} batch={batch} video={video} at={at} onSeek={onSeek} onPreview={onPreview} />);
  const cuts = () => within(screen.getByRole("list", { name: "Cuts" })).queryAllByRole("listitem");
  const place = screen.getByRole("slider", { name: "Place in the original" });
  return { ...view, of, onSeek, onPreview, cuts, place };
}

const render = () => screen.getByRole("button", { name: "Render again" });

describe("the cuts of a video", () => {
  it("say what is cut and why, and what is spared", async () => {
    const { user, cuts } = editor();
    expect(cuts()).toHaveLength(1);
    expect(cuts()[0]).toHaveTextContent("0:04.0 – 0:06.02.0 sSilence");
    expect(screen.getByText(/quieter than -40 dB/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: /Kept although quiet/ }));
    expect(screen.getByText("Somebody speaks")).toBeInTheDocument();
    expect(render()).toBeDisabled();
  });

  it("are kept, cut and undone, and rendered again", async () => {
    const asked = answers("put", ROUTE, makeJob({ id: "b" }), 202);
    const { user, cuts, of } = editor();
    await user.click(screen.getByRole("button", { name: "Keep 0:04.0 to 0:06.0" }));
    expect(cuts()).toHaveLength(0);
    expect(screen.getByText("Result 0:10.0")).toBeInTheDocument();
    await user.type(screen.getByLabelText("From (seconds)"), "1");
    await user.type(screen.getByLabelText("To (seconds)"), "2.5");
    await user.click(screen.getByRole("button", { name: "Cut it" }));
    expect(cuts()[0]).toHaveTextContent("By hand");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(cuts()).toHaveLength(0);
    await user.click(screen.getByRole("button", { name: "Redo" }));
    await user.click(render());
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toEqual({
      version: of.version,
      edits: [
        { start_s: 1, end_s: 2.5, action: "cut" },
        { start_s: 4, end_s: 6, action: "keep" },
      ],
    });
    await user.click(screen.getByRole("button", { name: "Back to automatic" }));
    expect(cuts()).toHaveLength(1);
    expect(render()).toBeDisabled();
  });

  it("are edited with the keyboard alone", async () => {
    const { user, cuts, place, onSeek, onPreview } = editor({}, 3);
    place.focus();
    await user.keyboard("{ArrowRight}{Shift>}{ArrowLeft}{/Shift}{PageDown}{End}");
    expect(onSeek.mock.calls.map(([at]) => at)).toEqual([4, 2.9, 4, 10]);
    await user.keyboard("[[");
    expect(screen.getByLabelText("From (seconds)")).toHaveValue("3");
    await user.keyboard("x");
    expect(cuts()[0]).toHaveTextContent("By hand");
    await user.keyboard("z");
    expect(cuts()).toHaveLength(1);
    await user.keyboard("j");
    expect(onPreview).toHaveBeenCalledWith(expect.objectContaining({ start_s: 2.5, end_s: 7.5 }));
  });

  it("are selected and sought with the mouse", async () => {
    const { place, onSeek } = editor();
    place.getBoundingClientRect = () => ({ left: 0, width: 100 }) as DOMRect;
    fireEvent.pointerDown(place, { clientX: 10, button: 0 });
    fireEvent.pointerMove(place, { clientX: 30 });
    fireEvent.pointerUp(place, { clientX: 30 });
    expect(screen.getByLabelText("From (seconds)")).toHaveValue("1");
    expect(screen.getByLabelText("To (seconds)")).toHaveValue("3");
    fireEvent.pointerDown(place, { clientX: 50, button: 0 });
    fireEvent.pointerUp(place, { clientX: 50 });
    expect(onSeek).toHaveBeenCalledWith(5);
    expect(screen.getByLabelText("From (seconds)")).toHaveValue("");
  });

  it("wait while the video is rendered again", () => {
    editor({ status: "processing", progress_percentage: 43 });
    expect(screen.getByRole("progressbar", { name: "Rendering again" })).toHaveAttribute("aria-valuenow", "43");
    expect(screen.getByRole("button", { name: "Keep 0:04.0 to 0:06.0" })).toBeDisabled();
  });

  it("say when somebody else has changed them", async () => {
    refuses("put", ROUTE, 409, "conflict", "one.mp4 was rendered again meanwhile; load its cuts anew.");
    const { user } = editor();
    await user.click(screen.getByRole("button", { name: "Keep 0:04.0 to 0:06.0" }));
    await user.click(render());
    expect(await screen.findByText(/rendered again meanwhile/)).toBeInTheDocument();
  });

  it("are looked at more closely", async () => {
    const { user } = editor({}, 5);
    await user.click(screen.getByRole("button", { name: "Look closer" }));
    expect(screen.getByRole("slider", { name: "Part that is shown" })).toHaveAttribute("aria-valuenow", "2.5");
    await user.click(screen.getByRole("button", { name: "Show more of it" }));
    expect(screen.queryByRole("slider", { name: "Part that is shown" })).not.toBeInTheDocument();
  });
});
