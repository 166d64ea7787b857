"""A transcript, a highlight and cuts as examples, for the description of the API."""

from __future__ import annotations

from services.gateway.examples import STORE, VIDEO
from shared.batches import Sensitivity
from shared.transcripts import Highlight, Highlights, Reason, Segment, Transcript, Why, Word

WORDS = tuple(
    Word(word=word, start=start, end=end, probability=0.98, source_start=start + 2.1, source_end=end + 2.1)
    for word, start, end in ((" What", 3.2, 3.5), (" a", 3.5, 3.6), (" goal!", 3.6, 4.3))
)
VIDEO_TRANSCRIPT = {
    "transcript": Transcript(
        language="en",
        model="small",
        text="What a goal!",
        segments=(
            Segment(id=0, start=3.2, end=4.3, text="What a goal!", words=WORDS, source_start=5.3, source_end=6.4),
        ),
    ),
    "downloads": {"srt": f"{STORE}/runs/episode-1/transcript.srt?expires=1795295400&signature=1c7d"},
}
HIGHLIGHT = Highlight(
    start_s=3.2,
    end_s=4.3,
    source_start_s=5.3,
    source_end_s=6.4,
    score=2.6,
    reasons=(
        Reason(why=Why.LOUD, sentence="6 dB louder than usual.", points=1.2),
        Reason(why=Why.KEYWORD, sentence="Says “goal”.", points=1.0),
        Reason(why=Why.EXCLAMATION, sentence="Is an exclamation.", points=0.4),
    ),
    text="What a goal!",
)
HIGHLIGHTS = Highlights(sensitivity=Sensitivity.MEDIUM, highlights=(HIGHLIGHT,))
BATCH_HIGHLIGHTS = {
    "highlights": [{"rank": 1, "video_id": VIDEO, "video_name": "episode-1.mp4", "highlight": HIGHLIGHT}],
    "total": 1,
}
VIDEO_CUTS = {
    "version": "9d0f3f5e-6f0c-4b8e-9a53-2b1f6a8e3c11",
    "source_s": 63.2,
    "output_s": 57.9,
    "cuts": [{"start_s": 12.4, "end_s": 15.9, "why": "silence"}, {"start_s": 40.0, "end_s": 41.8, "why": "by_hand"}],
    "automatic": [{"start_s": 12.4, "end_s": 15.9, "why": "silence"}],
    "protected": [{"start_s": 27.1, "end_s": 27.9, "why": "speech"}],
    "edits": [{"start_s": 40.0, "end_s": 41.8, "action": "cut"}],
    "mode": "loudness",
    "threshold_db": -40.0,
    "peaks": [3, 3, 91, 120, 87, 2],
}
