"""Reading MIDI files that mido wrote, so that every tick is known."""

import io
import struct
from fractions import Fraction
from pathlib import Path

import pytest
from mido import Message, MetaMessage, MidiFile, MidiTrack

from nottingham.formats.midi import reader as midi
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import MeterChange
from nottingham.representation import Grid
from nottingham.representation.grid import REST

DATA = Path(__file__).parents[1] / "data" / "midi"


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


def stored(name):
    return read((DATA / name).read_bytes())


def pitches(tune):
    return [note.pitch for note in tune.notes]


def test_time_is_exact_to_the_tick():
    """The last note is one tick short, and lasts to the beat."""
    tune = read(packed(track((0, 32, 60), (32, 64, 62), (64, 191, 64))))
    assert notes(tune)[1:] == [
        (Fraction(1, 3), Fraction(1, 3), 62),
        (Fraction(2, 3), Fraction(4, 3), 64),
    ]


def test_a_file_of_abc2midi_has_no_rests():
    """Every note of it starts a tick late: see the jig's 16 half measures of 3 eighths.

    The first note of each measure is accented: there is an upbeat of an eighth.
    """
    tune = stored("one-tick-late.mid")
    tokens = Grid(8).encode(tune)
    assert tune.upbeat == Fraction(1, 2)
    assert len(tokens) == 71
    assert REST not in tokens[7:]
    assert tune.remarks == ()


@pytest.mark.parametrize(
    ("accented", "first", "uneven"),
    [
        ("xx..x..x..", 2, False),  # an upbeat of a quarter
        ("x..x..x..x", 0, False),
        ("..........", 0, False),
        ("x.x.x.x.x.", 0, False),  # more accents than measures
        ("x...x.....", 0, False),  # fewer
        ("x..x.x..x.", 1, True),  # one measure of two quarters
    ],
)
def test_accents_mark_barlines(accented, first, uneven):
    """Quarter notes in 3/4; the first note of a tune is accented in any case."""
    meter = MetaMessage("time_signature", numerator=3, denominator=4)
    scale = [(96 * k, 96 * (k + 1), 60 + k) for k in range(len(accented))]
    played = track(*scale, metas=[(0, meter)])
    for message in played:
        if message.type == "note_on":
            message.velocity = {"x": 105, ".": 80}[accented[message.note - 60]]
    tune = read(packed(played))
    assert tune.notes[0].onset == first
    assert bool(tune.remarks) == uneven


def test_a_file_three_ticks_late_is_on_the_beat():
    """C D E F G A B c: middle C is the 40th key of a piano."""
    tune = stored("three-ticks-late.mid")
    assert Grid(8).encode(tune).tolist() == [40, 42, 44, 45, 47, 49, 51, 52]
    assert "were moved to eighths, by 0.006" in tune.remarks[0]  # 3/480


@pytest.mark.parametrize("name", ["key-of-mode-255.mid", "key-of-nine-sharps.mid"])
def test_an_unknown_key_costs_no_note(name):
    tune = stored(name)
    assert (pitches(tune), tune.key) == ([60, 62, 64, 65], "")
    assert tune.remarks == (
        "the key signature at tick 0 of its track 1 makes no sense, and was left out",
    )


def test_the_count_of_tracks_is_not_needed():
    assert pitches(stored("count-of-three-tracks.mid")) == [60, 62, 64, 65]


def test_a_file_that_is_cut_short_says_so():
    with pytest.raises(UnreadableTuneError, match=r"^it ends too early, in track 1$"):
        stored("cut-short.mid")


def smf(*events, division=480, form=0, before=b"", after=b""):
    """A file of one track, byte by byte; an event is a delta time and what follows it."""
    body = b"".join(events)
    head = b"MThd" + struct.pack(">LHHH", 6, form, 1, division)
    return head + before + b"MTrk" + struct.pack(">L", len(body)) + body + after


QUARTER = b"\x83\x60"  # 480 ticks
C, D = b"\0\x90\x3c\x50" + QUARTER + b"\x80\x3c\0", b"\0\x90\x3e\x50" + QUARTER + b"\x80\x3e\0"
END = b"\0\xff\x2f\0"


@pytest.mark.parametrize(
    "content",
    [
        smf(C, D, END),
        smf(C, D),  # nothing says that the track ends
        smf(C, D, END, C, C),  # nothing behind its end counts
        smf(C, D, END, before=b"XFIH\0\0\0\x02ab"),  # a chunk of another kind
        smf(C, D, END, after=b"garbage that is no chunk"),
        b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + smf(C, D, END),
        smf(C, b"\0\xff\x58\x04\x04\xff\x18\x08", D, END),  # 4/2²⁵⁵
        smf(C, b"\0\xff\x58\x04\0\x02\x18\x08", D, END),  # 0/4
        smf(C, b"\0\xff\x58\x01\x04", D, END),  # a meter of one byte
        smf(C, b"\0\xff\x59\0", D, END),  # a key of none
        smf(C, b"\0\xff\x51\0", b"\0\xff\x54\x01\xff", D, END),  # tempo and offset of too few
        smf(C, b"\0\xf0\x02\x01\xf7", b"\0\xf2\x01\x02", b"\0\xfe", D, END),  # of the system
        smf(b"\0\x90\x3c\x50", QUARTER + b"\x3c\0", b"\0\x3e\x50", QUARTER + b"\x3e\0"),
        smf(C, b"\0\x90\x3e\x80", QUARTER + b"\x80\x3e\0", END),  # a velocity of 128
        smf(C, b"\0\x90\x3e\x50", QUARTER + END[1:]),  # a note that never ends
        smf(C, b"\0\x80\x48\0", b"\0\x90\x48\x50", D, END),  # one of no length, end first
    ],
)
def test_what_else_a_file_holds_costs_no_note(content):
    assert notes(read(content)) == [(0, 1, 60), (1, 1, 62)]


def test_time_passes_before_an_unknown_meta_event():
    content = smf(C, QUARTER + b"\xff\x60\0", D, END)
    assert notes(read(content)) == [(0, 1, 60), (2, 1, 62)]


def test_a_meter_may_be_two_bytes_long():
    """As some programs write it, without the clicks of a metronome and the 32nds in a quarter."""
    tune = read(smf(b"\0\xff\x58\x02\x03\x03", C, D, END))
    assert (tune.meter, tune.remarks) == ("3/8", ())


def test_a_meter_a_tick_late_begins_at_the_barline():
    metas = [
        (1, MetaMessage("time_signature", numerator=3, denominator=4)),
        (577, MetaMessage("time_signature", numerator=2, denominator=4)),
    ]
    tune = read(packed(track((1, 577, 60), (577, 960, 62), metas=metas)))
    assert (tune.meter, tune.meter_changes) == ("3/4", (MeterChange(Fraction(6), "2/4"),))


def test_each_track_of_format_2_is_a_piece_of_its_own():
    other = track((0, 96, 72), name="Other", metas=[(0, MetaMessage("key_signature", key="G"))])
    tune = read(packed(BASS, other, type=2), melody_track=2)
    assert (tune.title, tune.key) == ("Other", "G major")
    assert read(packed(BASS, other, type=2)).key == ""


def test_the_key_may_stand_in_another_track():
    key = track(metas=[(0, MetaMessage("key_signature", key="G"))])
    assert read(packed(BASS, key)).key == "G major"


def test_the_top_line_is_the_melody():
    content = packed(track((0, 192, 48), (0, 96, 60), (48, 96, 72), (96, 96, 80), (192, 200, 60)))
    assert [n[2] for n in notes(read(content))] == [60, 72, 60]
    assert notes(read(content))[0] == (0, Fraction(1, 2), 60)


def test_what_moves_below_a_note_that_sounds_is_no_melody():
    """A whole note over quarters; and notes that are held a little longer than to the next."""
    over = [
        (0, 384, 72),
        (0, 96, 48),
        (96, 192, 50),
        (192, 288, 52),
        (384, 480, 71),
        (384, 480, 43),
    ]
    assert notes(read(packed(track(*over)))) == [(0, 4, 72), (4, 1, 71)]
    legato = [(0, 105, 72), (96, 201, 71), (192, 288, 69)]
    assert notes(read(packed(track(*legato)))) == [(0, 1, 72), (1, 1, 71), (2, 1, 69)]


def test_an_upbeat_with_a_meter_of_its_own():
    metas = [
        (0, MetaMessage("time_signature", numerator=1, denominator=4)),
        (96, MetaMessage("time_signature", numerator=4, denominator=4)),
        (480, MetaMessage("time_signature", numerator=3, denominator=4)),
    ]
    tune = read(packed(track((0, 96, 60), (96, 480, 62), (480, 768, 64), metas=metas)))
    assert (tune.meter, tune.upbeat) == ("4/4", 1)
    assert notes(tune) == [(3, 1, 60), (4, 4, 62), (8, 3, 64)]
    assert tune.meter_changes == (MeterChange(Fraction(8), "3/4"),)


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
        (b"", {}, "it is empty"),
        (b"no MIDI", {}, "no MIDI file"),
        (b"MThd\0\0\0\x06\0", {}, "ends too early, in the header"),
        (smf()[:14], {}, "there is no track in it"),
        (packed(BASS)[:-9], {}, "ends too early, in track 1"),
        (packed(TUNE, BASS)[:-4], {}, "ends too early, in track 2"),
        (smf(b"\0\x3c\x50"), {}, "damaged: data in track 1 belong to no event"),
        (smf(b"\xff\xff\xff\xff\x7f\x90\x3c\x50"), {}, "damaged: a number in track 1"),
        (smf(C, division=0xE728), {}, "not in beats"),
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
