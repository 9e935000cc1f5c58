"""Tunes as sound, by the plain tone and by FluidSynth."""

import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.formats import audio
from nottingham.formats.audio import SOUND_FONT_VARIABLE

QUARTER = 60 / 120  # seconds, in a 4/4 that names no dance


@pytest.fixture
def without_a_player(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(SOUND_FONT_VARIABLE, raising=False)


def heard(path):
    """Give the sound, from −1 to 1, and the samples in a second."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 2**15
        return sound, file.getframerate()


@pytest.fixture
def toned(without_a_player, tmp_path):
    def sounding(tune):
        audio.write(tune, tmp_path / "a.wav")
        return heard(tmp_path / "a.wav")

    return sounding


def loudest(sound, rate):
    """Give the frequency that is loudest, in hertz."""
    return np.fft.rfftfreq(len(sound), 1 / rate)[np.abs(np.fft.rfft(sound)).argmax()]


def test_it_lasts_as_long_as_the_tune(toned, make_tune):
    """Four quarters, and a moment for the last note to die away."""
    sound, rate = toned(make_tune((0, 1, 60), (1, 3, 62)))
    assert 4 * QUARTER <= len(sound) / rate <= 4 * QUARTER + 0.2


@pytest.mark.parametrize(
    ("rhythm", "meter", "quarters", "seconds"),
    [("jig", "6/8", 3, 1.0), ("reel", "4/4", 56, 15.0), ("waltz", "3/4", 5, 2.0)],
)
def test_a_dance_has_its_tempo(toned, make_tune, rhythm, meter, quarters, seconds):
    """120 dotted quarters of a jig, 224 quarters of a reel and 150 of a waltz in a minute."""
    sound, rate = toned(make_tune((0, quarters, 60), meter=meter, rhythm=rhythm))
    assert seconds <= len(sound) / rate <= seconds + 0.2


def test_a_hornpipe_is_swung(toned, make_tune):
    """Of 60/184 of a second the first of two eighths has two thirds; its own notes are a tritone
    apart, so that each alone is found."""
    sound, rate = toned(make_tune((0, 0.5, 69), (0.5, 0.5, 75), rhythm="hornpipe"))
    quarter = 60 / 184 * rate
    assert loudest(sound[: int(quarter * 0.64)], rate) == pytest.approx(440, abs=6)
    assert loudest(sound[int(quarter * 0.97) :], rate) == pytest.approx(622, abs=10)
    straight, _ = toned(make_tune((0, 0.5, 69), (0.5, 0.5, 75), rhythm="schottische"))
    assert loudest(straight[int(0.27 * rate) : int(0.5 * rate)], rate) == pytest.approx(622, abs=6)


@pytest.mark.parametrize(("pitch", "hertz"), [(69, 440), (57, 220), (60, 261.626), (81, 880)])
def test_a_note_has_its_pitch(toned, make_tune, pitch, hertz):
    sound, rate = toned(make_tune((0, 4, pitch)))
    assert loudest(sound, rate) == pytest.approx(hertz, abs=0.6)  # a bin is half a hertz wide


def test_each_note_sounds_in_its_time(toned, make_tune):
    sound, rate = toned(make_tune((0, 2, 69), (2, 2, 76)))
    half = int(2 * QUARTER * rate)
    assert loudest(sound[:half], rate) == pytest.approx(440, abs=1)
    assert loudest(sound[half:], rate) == pytest.approx(659.255, abs=1)


def test_rests_are_silent(toned, make_tune):
    sound, rate = toned(make_tune((1, 1, 60), (6, 1, 62)))
    quarter = QUARTER * rate
    assert not sound[: int(quarter)].any()
    assert not sound[int(2.2 * quarter) : int(6 * quarter)].any()
    assert sound[int(quarter) : int(2 * quarter)].any()
    assert sound[int(6 * quarter) :].any()


def test_it_never_clips(toned, make_tune):
    """Short notes of one pitch, each with the end of the last still sounding."""
    sound, _ = toned(make_tune(*((k / 8, 0.125, 60) for k in range(64))))
    assert 0.05 < np.abs(sound).max() < 0.9


def test_no_sound_jumps(toned, make_tune):
    """A jump would click: between two samples a tone of 440 Hz moves little."""
    sound, rate = toned(make_tune((0, 1, 69), (1, 1, 69), (2, 1, 57)))
    assert np.abs(np.diff(sound)).max() < 2 * np.pi * 6 * 440 / rate * 0.3


def test_the_same_tune_gives_the_same_bytes(toned, make_tune, tmp_path):
    tune = make_tune((0, 1, 60), (1, 3, 62))
    toned(tune)
    first = (tmp_path / "a.wav").read_bytes()
    toned(tune)
    assert (tmp_path / "a.wav").read_bytes() == first


def test_overtones_that_no_sample_holds_are_left_out(toned, make_tune):
    """The piano's highest note has its third harmonic at 12.6 kHz, which would fold to 9.5 kHz, and
    its fifth to 1.1 kHz."""
    sound, rate = toned(make_tune((0, 4, 108)))
    spectrum = np.abs(np.fft.rfft(sound))
    below = np.fft.rfftfreq(len(sound), 1 / rate) < 4000
    assert spectrum[below].max() < 0.01 * spectrum.max()


def test_a_tune_without_notes_is_silence(toned, make_tune):
    sound, _ = toned(make_tune())
    assert not sound.any()


def player(folder, *lines):
    """Put a FluidSynth of our own on the path."""
    script = folder / "fluidsynth"
    script.write_text("\n".join(["#!/bin/sh", *lines]))
    script.chmod(0o755)


@pytest.fixture
def font(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv(SOUND_FONT_VARIABLE, str(tmp_path / "mine.sf2"))
    (tmp_path / "mine.sf2").write_bytes(b"")
    return tmp_path / "mine.sf2"


def test_fluidsynth_is_given_the_font_and_the_notes(tmp_path, font, make_tune):
    """Ours answers with two moments of both sides, if it is given what it needs."""
    player(
        tmp_path,
        'while [ "$1" != -F ]; do shift; done',
        f'[ "$3" = "{font}" ] && [ "$(head -c 4 "$4")" = MThd ] || exit 1',
        r'''printf '\144\000\054\001\373\377\005\000' > "$2"''',  # 100 and 300, -5 and 5
    )
    audio.write(make_tune((0, 1, 60)), tmp_path / "out" / "a.wav")
    sound, rate = heard(tmp_path / "out" / "a.wav")
    assert (sound * 2**15).tolist() == [200, 0]
    assert rate == 22_050
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.wav"]


@pytest.mark.parametrize("lines", [["echo no such font >&2; exit 1"], ["echo no such font >&2"]])
def test_a_player_that_fails_is_named_with_its_reason(tmp_path, font, make_tune, lines):
    player(tmp_path, *lines)
    with pytest.raises(InputError, match=r"mine\.sf2: FluidSynth cannot play .*\(no such font\)"):
        audio.write(make_tune((0, 1, 60)), tmp_path / "out" / "a.wav")
    assert not (tmp_path / "out").exists()


def test_a_font_that_is_not_there_is_refused(tmp_path, font, make_tune):
    font.unlink()
    with pytest.raises(InputError, match=f"{SOUND_FONT_VARIABLE}: there is no file .*mine"):
        audio.write(make_tune((0, 1, 60)), tmp_path / "a.wav")


FONTS = [font for folder in audio._SYSTEM_FONTS for font in Path(folder).glob("*.sf2")]


@pytest.mark.skipif(not (shutil.which("fluidsynth") and FONTS), reason="FluidSynth is not here")
def test_the_real_fluidsynth_plays(tmp_path, make_tune):
    audio.write(make_tune((0, 4, 69)), tmp_path / "a.wav")
    sound, rate = heard(tmp_path / "a.wav")
    assert len(sound) / rate >= 4 * QUARTER
    first = sound[: int(4 * QUARTER * rate)]
    assert np.abs(first).max() > 0.01
    assert loudest(first, rate) % 440 == pytest.approx(0, abs=8)


def test_the_tone_is_the_same_with_and_without_a_player(make_tune, tmp_path, monkeypatch):
    tune = make_tune((0, 1, 60), (1, 3, 62))
    audio.write(tune, tmp_path / "here.wav", synthesizer="tone")
    monkeypatch.setenv("PATH", "")
    audio.write(tune, tmp_path / "there.wav", synthesizer="tone")
    assert (tmp_path / "here.wav").read_bytes() == (tmp_path / "there.wav").read_bytes()


def test_a_player_that_is_asked_for_and_missing_is_named(make_tune, tmp_path, without_a_player):
    with pytest.raises(InputError, match=r"FluidSynth or a sound font is missing: install both"):
        audio.write(make_tune((0, 1, 60)), tmp_path / "a.wav", synthesizer="fluidsynth")
    assert not list(tmp_path.glob("*.wav"))
