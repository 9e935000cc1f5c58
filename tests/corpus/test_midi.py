"""Reading MIDI files that mido wrote, so that every tick is known."""

import io
from fractions import Fraction

import pytest
from mido import Message, MetaMessage, MidiFile, MidiTrack

from nottingham.corpus import midi
from nottingham.corpus.limits import UnreadableTuneError
from nottingham.corpus.tune import MeterChange


def track(*notes, name="", channel=0, metas=()):
    """A track of notes (onset, end, pitch) in ticks."""
    events = [(start, 1, Message("note_on", note=p, channel=channel)) for start, _, p in notes]
    events += [(end, 0, Message("note_off", note=p, channel=channel)) for _, end, p in notes]
    events += [(time, -1, message) for time, message in metas]
    made, now = MidiTrack([MetaMessage("track_name", name=name)]), 0
    for time, _, message in sorted(events, key=lambda e: e[:2]):
        made.append(message.copy(time=time - now))
        now = time
    return made


def packed(*tracks, type=1, ticks=96):
    out = io.BytesIO()
    MidiFile(type=type, ticks_per_beat=ticks, tracks=list(tracks)).save(file=out)
    return out.getvalue()


def read(content, **settings):
    return midi.read(content, id="a/1", source="a.mid", **settings)


def notes(tune):
    return [(n.onset, n.duration, n.pitch) for n in tune.notes]


def test_time_is_exact_to_the_tick():
    tune = read(packed(track((0, 32, 60), (32, 64, 62), (64, 191, 64))))
    assert notes(tune)[1:] == [
        (Fraction(1, 3), Fraction(1, 3), 62),
        (Fraction(2, 3), Fraction(127, 96), 64),
    ]


def test_the_top_line_is_the_melody():
    content = packed(track((0, 192, 48), (0, 96, 60), (48, 96, 72), (96, 96, 80), (192, 200, 60)))
    assert [n[2] for n in notes(read(content))] == [60, 72, 60]
    assert notes(read(content))[0] == (0, Fraction(1, 2), 60)


def test_signatures_and_title():
    metas = [
        (0, MetaMessage("time_signature", numerator=6, denominator=8)),
        (0, MetaMessage("key_signature", key="F#m")),
        (288, MetaMessage("time_signature", numerator=6, denominator=8)),
        (576, MetaMessage("time_signature", numerator=2, denominator=4)),
    ]
    tune = read(packed(track((0, 960, 60), name="A tune", metas=metas)))
    assert (tune.title, tune.meter, tune.key) == ("A tune", "6/8", "F# minor")
    assert tune.meter_changes == (MeterChange(Fraction(6), "2/4"),)


@pytest.mark.parametrize("charset", ["latin-1", "utf-8"])
def test_names_may_be_in_either_charset(charset):
    out = io.BytesIO()
    file = MidiFile(charset=charset, tracks=[track((0, 96, 60), name="Seán à")])
    file.save(file=out)
    assert read(out.getvalue()).title == "Seán à"
    assert notes(read(out.getvalue(), melody_track="SEÁN À"))


BASS, TUNE = track((0, 96, 40), name="Bass"), track((0, 96, 72), name="The Melody")
DRUMS = track((0, 96, 50), name="Drums", channel=9)


@pytest.mark.parametrize(
    ("tracks", "wanted", "pitch"),
    [
        ([track(), BASS, track((0, 96, 72))], None, 40),  # the first with notes
        ([BASS, TUNE], None, 72),  # the one that says so
        ([DRUMS, BASS], None, 40),  # never percussion
        ([BASS, TUNE], 1, 40),
        ([BASS, TUNE], "bass", 40),
        ([track(), BASS], 2, 40),
    ],
)
def test_the_melody_track(tracks, wanted, pitch):
    assert notes(read(packed(*tracks), melody_track=wanted))[0][2] == pitch


def test_one_track_is_parted_by_channels():
    mixed = track((0, 96, 72), channel=1)
    mixed[:0] = [Message("note_on", note=40, channel=0), Message("note_off", note=40, time=9)]
    assert notes(read(packed(mixed, type=0)))[0][2] == 40
    assert notes(read(packed(mixed, type=0), melody_track=2))[0][2] == 72


@pytest.mark.parametrize(
    ("content", "settings", "reason"),
    [
        (b"", {}, "no MIDI file"),
        (b"no MIDI", {}, "no MIDI file"),
        (packed(BASS)[:-9], {}, "no MIDI file"),
        (packed(track()), {}, "no notes"),
        (packed(BASS, ticks=0), {}, "not in beats"),
        (packed(BASS), {"melody_track": 3}, "melody_track is 3, it has 1"),
        (packed(BASS), {"melody_track": "Lead"}, "'Lead', its tracks are 'Bass'"),
        (packed(track((0, 96, 5))), {}, "not on a piano"),
        (packed(track((2**27, 2**27 + 1, 60))), {}, "longer than"),
        (b"x" * 5_000_000, {}, "bytes long"),
    ],
)
def test_what_cannot_be_read(content, settings, reason):
    with pytest.raises(UnreadableTuneError, match=reason):
        read(content, **settings)
