import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Beside } from "@/components/cuts/Beside";

/** A player as far as the other one looks at it. */
function player() {
  const video = document.createElement("video");
  const state = { paused: true };
  Object.defineProperty(video, "paused", { get: () => state.paused });
  return { video, state };
}

describe("the original beside the result", () => {
  it("is at the same moment, jumps over what was cut, and plays and rests with it", () => {
    const [play, pause] = [vi.fn(async () => {}), vi.fn()];
    vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(play);
    vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(pause);
    const { video, state } = player();
    render(<Beside leader={{ current: video }} url="/original" cuts={[{ start_s: 4, end_s: 6 }]} />);
    const original = screen.getByLabelText<HTMLVideoElement>("Original, at the same moment");
    video.currentTime = 3;
    fireEvent.timeUpdate(video);
    expect(original.currentTime).toBe(3);
    video.currentTime = 5;
    video.playbackRate = 2;
    state.paused = false;
    fireEvent.play(video);
    expect([original.currentTime, original.playbackRate]).toEqual([7, 2]);
    expect(play).toHaveBeenCalledOnce();
  });
});
