"""Whether the browsers of today play a source as it is. Pure; whatever is in doubt is not."""

from __future__ import annotations

from msgspec import Struct

from shared.media import MediaFacts

EIGHT_BITS = frozenset({"yuv420p", "yuvj420p"})
TEN_BITS = EIGHT_BITS | {"yuv420p10le"}


class Played(Struct, frozen=True):
    """What Chromium, Firefox and Safari all play of one container."""

    pictures: dict[str, frozenset[str]]
    """The pixel formats of each codec. Beyond 4:2:0 nobody decodes H.264 or VP9 but editing programs."""
    sounds: frozenset[str]


MP4 = Played({"h264": EIGHT_BITS, "av1": TEN_BITS, "vp9": EIGHT_BITS}, frozenset({"aac", "mp3", "opus", "flac"}))
BROWSERS = {
    "mp4": MP4,
    # The same boxes; but what cameras put into them besides (ProRes, PCM, HEVC) no browser plays everywhere.
    "mov": Played({"h264": EIGHT_BITS}, frozenset({"aac", "mp3"})),
    "webm": Played({"vp8": EIGHT_BITS, "vp9": EIGHT_BITS, "av1": TEN_BITS}, frozenset({"opus", "vorbis"})),
}


def playable(facts: MediaFacts) -> bool:
    """Whether a player on the page can be given the source itself."""
    played = BROWSERS.get(facts.container)
    if played is None or facts.pixel_format not in played.pictures.get(facts.video_codec, ()):
        return False
    return facts.audio_codec is None or facts.audio_codec in played.sounds
