"""Tunes as sound, with and without FluidSynth."""

import sys
import wave

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.generation import audio

# What FluidSynth does: both sides of two moments into the file that -F names; or a complaint
PLAYER = f"""#!{sys.executable}
import struct, sys
if sys.argv[-2].endswith("bad.sf2"):
    sys.exit("no sound font")
with open(sys.argv[sys.argv.index("-F") + 1], "wb") as file:
    file.write(struct.pack("<4h", 100, 300, -5, 5))
"""


@pytest.fixture
def player(tmp_path, monkeypatch):
    """A FluidSynth that can only do that, with a sound font."""
    program, font = tmp_path / "bin" / "fluidsynth", tmp_path / "good.sf2"
    program.parent.mkdir()
    program.write_text(PLAYER)
    program.chmod(0o755)
    font.write_bytes(b"")
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setenv(audio.SOUND_FONT_VARIABLE, str(font))


def heard(path):
    with wave.open(str(path)) as sound:
        form = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
        return form, np.frombuffer(sound.readframes(sound.getnframes()), "<i2")


def test_a_tone_is_one_channel_of_the_right_length(tmp_path, make_tune, monkeypatch):
    """Four quarter notes at 110 a minute, and 0.08 s in which the last one fades."""
    monkeypatch.setenv("PATH", "")
    audio.write(make_tune((0, 1, 69), (3, 1, 69)), tmp_path / "a.wav")
    form, sound = heard(tmp_path / "a.wav")
    assert form == (1, 2, 22_050)
    assert len(sound) / 22_050 == pytest.approx(4 * 60 / 110 + 0.08, abs=1e-3)
    loudness = np.abs(sound).astype(int)
    assert loudness[: 22_050 // 4].max() > 3_000
    assert loudness[22_050 : 22_050 + 10_000].max() == 0  # the rest
    spectrum = np.abs(np.fft.rfft(sound[: 22_050 // 2]))
    assert 2 * spectrum.argmax() == pytest.approx(440, abs=4)


def test_fluidsynth_is_heard_in_the_middle(tmp_path, make_tune, player):
    audio.write(make_tune((0, 1, 60)), tmp_path / "a.wav")
    form, sound = heard(tmp_path / "a.wav")
    assert form == (1, 2, 22_050)
    assert sound.tolist() == [200, 0]


def test_what_fluidsynth_says_is_passed_on(tmp_path, make_tune, player, monkeypatch):
    (tmp_path / "bad.sf2").write_bytes(b"")
    monkeypatch.setenv(audio.SOUND_FONT_VARIABLE, str(tmp_path / "bad.sf2"))
    with pytest.raises(InputError, match=r"bad\.sf2: FluidSynth cannot play .*no sound font"):
        audio.write(make_tune((0, 1, 60)), tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_a_sound_font_that_is_not_there(tmp_path, make_tune, monkeypatch):
    monkeypatch.setenv(audio.SOUND_FONT_VARIABLE, "none.sf2")
    with pytest.raises(InputError, match=r"NOTTINGHAM_SOUND_FONT: there is no file none\.sf2"):
        audio.write(make_tune((0, 1, 60)), tmp_path / "a.wav")
