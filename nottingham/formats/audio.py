"""Melodies as sound: by FluidSynth with a sound font, or as a plain tone, alike on all machines."""

import os
import shutil
import subprocess
import tempfile
import wave
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float, Int16

from nottingham.errors import InputError
from nottingham.files import atomic_file
from nottingham.formats.midi import writer as midi
from nottingham.music import dances, notation
from nottingham.music.swing import swung
from nottingham.music.tune import Tune

SOUND_FONT_VARIABLE = "NOTTINGHAM_SOUND_FONT"
"""The environment variable that names a sound font, instead of the system's."""

_RATE = 22_050  # samples in a second: no note has much to say above 11 kHz
_SYSTEM_FONTS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/soundfonts"))
_HARMONICS = (1.0, 0.5, 0.35, 0.2, 0.12, 0.06)
_ATTACK, _RELEASE = 0.015, 0.08  # seconds
_DECAY = 1.6  # seconds until a held note has fallen to 1/e
_LOUDNESS = 0.3


Synthesizer = Literal["best", "fluidsynth", "tone"]
"""``best``: FluidSynth where it and a sound font are installed, else the tone."""


def write(tune: Tune, path: Path | str, *, synthesizer: Synthesizer = "best") -> None:
    """Write a tune's melody as a WAV file, one channel of 16 bits, 22,050 samples a second.

    It is in the tempo of its dance, and hornpipes are swung.

    Raises:
        InputError: if `SOUND_FONT_VARIABLE` names no file, FluidSynth fails, or it is asked for
            and not installed.
    """
    player = font = None
    if synthesizer != "tone":
        player, font = shutil.which("fluidsynth"), _sound_font()
    if synthesizer == "fluidsynth" and not (player and font):
        raise InputError(
            f"FluidSynth or a sound font is missing: install both, name a font by "
            f"{SOUND_FONT_VARIABLE}, or choose the tone (listen.sound in params.yaml)"
        )
    heard = swung(tune)
    sound = _played(player, font, heard) if player and font else tone(heard)
    with atomic_file(path) as file, wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(sound.astype("<i2").tobytes())


def tone(tune: Tune) -> Int16[np.ndarray, " samples"]:
    """Sound a tune as it stands: six harmonics of a plucked string, nothing at all in its rests."""
    quarters = dances.beats_per_minute(tune) * notation.beat(tune.meter)
    second = float(60 / quarters)  # in a quarter note
    sound = np.zeros(int((float(tune.end) * second + _RELEASE) * _RATE) + 1)
    for note in tune.notes:
        sounds = _note(note.pitch, float(note.duration) * second)
        start = int(float(note.onset) * second * _RATE)
        sound[start : start + len(sounds)] += sounds[: len(sound) - start]
    return np.round(sound * _LOUDNESS * (2**15 - 1)).astype(np.int16)


def _note(pitch: int, seconds: float) -> Float[np.ndarray, " samples"]:
    """Sound one note: it swells, decays while it is held, and is damped after its end."""
    time = np.arange(int((seconds + _RELEASE) * _RATE)) / _RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    audible = [h for h in range(1, len(_HARMONICS) + 1) if h * frequency < _RATE / 2]
    waves = sum(_HARMONICS[h - 1] * np.sin(2 * np.pi * h * frequency * time) for h in audible)
    swelling = np.minimum(time / _ATTACK, 1)
    damping = np.clip((seconds + _RELEASE - time) / _RELEASE, 0, 1)
    shaped: np.ndarray = waves / sum(_HARMONICS) * swelling * damping * np.exp(-time / _DECAY)
    return shaped


def _sound_font() -> Path | None:
    named = os.environ.get(SOUND_FONT_VARIABLE)
    if named:
        if not Path(named).is_file():
            raise InputError(f"{SOUND_FONT_VARIABLE}: there is no file {named}")
        return Path(named)
    found = [font for folder in _SYSTEM_FONTS for font in sorted(folder.glob("*.sf[23]"))]
    return found[0] if found else None


def _played(player: str, font: Path, tune: Tune) -> Int16[np.ndarray, " samples"]:
    """Render a tune with FluidSynth, which plays in stereo; the channels are averaged."""
    with tempfile.TemporaryDirectory() as folder:
        notes, sound = Path(folder) / "tune.mid", Path(folder) / "tune.raw"
        midi.write(replace(tune, further_voices=()), notes)
        form = ["-r", str(_RATE), "-T", "raw", "-O", "s16", "-E", "little"]
        command = [player, "-niq", *form, "-F", str(sound), str(font), str(notes)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not sound.exists():
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise InputError(f"{font}: FluidSynth cannot play with it ({' '.join(last)})")
        sides = np.fromfile(sound, "<i2").reshape(-1, 2)
    middle: np.ndarray = np.round(sides.mean(axis=1)).astype(np.int16)
    return middle
