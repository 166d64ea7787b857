"""The demo's checks find what is wrong with an output: real files, made wrong on purpose."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from demo.verify import Expected, problems

EXPECTED = Expected(output_s=3.0, source_s=5.0, silence_removed_s=2.0, pauses_s=2.5, pause_count=2, height=90)


def made(to: Path, *, picture_s: float = 3.0, sound_s: float = 3.0, options: tuple[str, ...] = ()) -> Path:
    inputs = [f"testsrc2=size=160x90:rate=25:duration={picture_s}", f"sine=sample_rate=48000:duration={sound_s}"]
    command = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        inputs[0],
        "-f",
        "lavfi",
        "-i",
        inputs[1],
    ]
    codecs = ["-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    subprocess.run([*command, *codecs, *options, str(to)], check=True)
    return to


def test_a_good_output_has_no_problems(tmp_path: Path) -> None:
    assert problems(made(tmp_path / "good.mp4"), EXPECTED) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"picture_s": 3.4, "sound_s": 3.4}, "lasts 3.400 s, but 3.000 s is what its result says"),
        ({"sound_s": 2.9}, "has 3.000 s of picture and 2.9"),
        ({"options": ("-map", "1:a")}, "has the streams audio, audio, video instead of one"),
        ({"options": ("-an",)}, "has the streams video instead of one"),
        ({"options": ("-vf", "scale=-2:180")}, "is 180 lines high instead of 90"),
    ],
)
def test_a_wrong_output_is_found(tmp_path: Path, wrong: dict[str, float], sentence: str) -> None:
    found = problems(made(tmp_path / "wrong.mp4", **wrong), EXPECTED)  # type: ignore[arg-type]
    assert any(problem.startswith(sentence) for problem in found), found


def test_an_output_from_which_nothing_was_cut_is_found(tmp_path: Path) -> None:
    uncut = replace(EXPECTED, output_s=3.0, source_s=3.0, silence_removed_s=0.0)
    assert problems(made(tmp_path / "uncut.mp4"), uncut) == ["lost 0.0 s, though its pauses together are 2.5 s"]


def test_a_damaged_output_is_found(tmp_path: Path) -> None:
    path = made(tmp_path / "damaged.mp4", options=("-movflags", "+faststart"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\xaa" * 2000
    path.write_bytes(data)
    assert any(problem.startswith("cannot be decoded") for problem in problems(path, EXPECTED))
