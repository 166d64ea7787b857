"""A browser shows exactly the kept frames of a video that was partly copied and partly encoded, on both sides of every seam."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.async_api import Browser

from services.processor.cuts import from_frames
from services.processor.encode import Means
from services.processor.render import Render
from services.processor.smartcut import plan_smart_cut, smart_cut
from shared.batches import BatchSettings
from shared.ffmpeg import CHILD_LIMITS
from shared.probing import facts_of
from tests.media import numbered, tone

KEPT = [(5, 100), (130, 131), (140, 300)]
FPS = 30
SHOWN = """async ([content, frames, fps]) => {
    const video = document.createElement("video"), canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 180];
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const seen = [];
    video.muted = true;
    video.src = `data:video/mp4;base64,${content}`;
    for (const frame of frames) {
        await new Promise((resolve, reject) => {
            video.onseeked = resolve;
            video.onerror = () => reject(new Error(video.error.message));
            video.currentTime = (frame + 0.5) / fps;
        });
        context.drawImage(video, 0, 0);
        const line = context.getImageData(0, 90, 320, 1).data;
        let number = 0;
        for (let bar = 0; bar < 16; bar++) number = number * 2 + (line[(bar * 20 + 10) * 4] > 127 ? 1 : 0);
        seen.push(number);
    }
    return [seen, video.duration];
}"""


async def test_a_smart_cut_plays_in_a_browser(browser: Browser, media: Path, tmp_path: Path) -> None:
    x264 = ("-preset", "veryfast", "-g", "30", "-bf", "3", "-sc_threshold", "0")
    clip = numbered(media / "smart-browser.mp4", frames=300, sound=tone(10), extra=x264)
    facts, means = await facts_of(clip), Means(deadline_s=60, limits=CHILD_LIMITS, threads=1)
    cut_list = from_frames(KEPT, facts.timeline_fps, 300)
    job = Render(source=clip, facts=facts, cut_list=cut_list, settings=BatchSettings(), to=tmp_path / "out.mp4")
    cut = await plan_smart_cut(job, means)
    assert cut is not None and await smart_cut(job, cut, tmp_path, means) is not None

    kept = [frame for start, end in KEPT for frame in range(start, end)]
    seams, at = [0, 255], 0
    for part in cut.parts[:-1]:
        at += part.end - part.start
        seams += [at - 1, at]
    page = await browser.new_page()
    content = base64.b64encode(job.to.read_bytes()).decode()
    seen, length_s = await page.evaluate(SHOWN, [content, seams, FPS])
    assert seen == [kept[frame] for frame in seams]
    assert abs(length_s - len(kept) / FPS) < 0.002
