"""What picture and sound of a source go through first, the same for all: onto its timeline, into usual colours.

Streams are those of ffmpeg-python graphs.
"""

from __future__ import annotations

from typing import Any

from shared.media import MediaFacts

_SCREEN_NITS = 100
"""Brightness of white on the screen that an HDR picture is converted for, in candela per square metre."""


def on_the_grid(video: Any, facts: MediaFacts) -> Any:
    """A picture made progressive, its frame n shown at n / `timeline_fps` seconds."""
    if facts.interlaced:
        video = video.filter("bwdif", mode="send_frame", deint="interlaced")
    return video.filter("fps", fps=str(facts.timeline_fps), start_time=0)


def on_the_timeline(sound: Any, sample_rate: int) -> Any:
    """Sound resampled so that sample n is heard at n / `sample_rate` seconds.

    Sound that starts late is preceded by silence, gaps in it are filled, and what overlaps is dropped.
    """
    options: dict[str, Any] = {"async": 1, "first_pts": 0, "min_hard_comp": 0.03}
    return sound.filter("aresample", sample_rate, **options)


def for_usual_screens(video: Any, facts: MediaFacts) -> Any:
    """The picture in the brightness and colours of BT.709, bright parts compressed instead of clipped.

    Best after it was made smaller, because all of this is done in 32-bit floats.
    """
    told = {"primariesin": "bt2020", "matrixin": "bt2020nc", "transferin": facts.color_transfer}
    video = video.filter("zscale", **told, transfer="linear", npl=_SCREEN_NITS).filter("format", "gbrpf32le")
    video = video.filter("zscale", primaries="bt709").filter("tonemap", "hable", desat=0)
    video = video.filter("zscale", transfer="bt709", matrix="bt709", range="tv")
    return video.filter("format", "yuv420p")
