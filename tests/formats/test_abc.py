"""Reading ABC; the expected notes were worked out by hand from the notation."""

from fractions import Fraction

import pytest

from nottingham.formats.abc import reader
from nottingham.formats.abc.tunebook import split_tunes
from nottingham.formats.unfold import unfold
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import ChordSymbol, MeterChange

HEAD = "M:4/4\nL:1/4\nK:C\n"


def read(body, *, head=HEAD):
    return unfold(reader.read(f"X:1\nT:A tune\n{head}{body}\n"), id="a/1", source="a.abc")


def notes(tune):
    return [(n.onset, n.duration, n.pitch) for n in tune.notes]


def pitches(body, *, head=HEAD):
    return [note.pitch for note in read(body, head=head).notes]


def played(body, *, head="L:1/1\nK:C\n"):
    """Name the notes in the order in which they sound."""
    names = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A", 71: "B"}
    return "".join(names[pitch] for pitch in pitches(body, head=head))


def test_a_plain_measure():
    assert notes(read("CDEF|")) == [(0, 1, 60), (1, 1, 62), (2, 1, 64), (3, 1, 65)]


def test_an_upbeat_starts_after_the_rest_that_fills_its_measure():
    assert notes(read("G|CDEF|"))[:2] == [(3, 1, 67), (4, 1, 60)]


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("C|D:|E|F:|", "CDCDEFEF"),  # a closing sign opens the next section
        ("C|D:|\nE|F:||", "CDCDEFEF"),
        ("|:C|D:|:E|F:|", "CDCDEFEF"),
        ("|:C|D::E|F:|", "CDCDEFEF"),
        ("|:C|D:||:E|F:|]", "CDCDEFEF"),
        ("|:C|D:||\n||:E|F:|", "CDCDEFEF"),
        ("C|:D:|E", "CDDE"),
        ("|::C::|D", "CCCD"),  # as often as there are colons, and once more
        ("|:C|[1D:|[2E||F:|G", "CDCEFFG"),  # the double bar ends the ending and opens a section
        ("|:C|1D:|2E|:F:|", "CDCEFF"),
        ("|:C | 1 D :|2 E || F", "CDCEF"),
        ("|:C|[1,2D:|[3E|]", "CDCDCE"),
        ("|:C|[1-3D:|[4E|]", "CDCDCDCE"),
        ("|:C|[1,3D:|[2,4E:|", "CDCECDCE"),
        ("|:C|[1D|[2E||F", "CDCEF"),  # no closing sign before the second ending
        ("|:C|[1D:|E|F", "CDCEF"),  # a second ending without its number
        ("|:C|[1D:|\n[2E:|F", "CDCEF"),
        ("C|D||E|F:|", "CDEFCDEF"),  # a double bar within a phrase
        ("C|C|C|C||D|D|D|D:|", "CCCCDDDDDDDD"),  # ABC 2.1, 4.8: back to the last double bar
        ("C|C|C|C||D|D|D|[1E:|[2F||", "CCCCDDDEDDDF"),
        ("|:C|C|C|C||D|D|D|D:|", "CCCCDDDDCCCCDDDD"),
        ("C|C|C|C[|]D|D|D|D:|", "CCCCDDDDCCCCDDDD"),  # which is not to be seen
        ("C | : D | E : | F |]", "CDEDEF"),
        ("C :| |: D :|", "CCDD"),
        ("G/2|C|C|C|C||D|D|D|D/2:|", "GCCCCDDDDGCCCCDDDD"),  # which makes the last measure whole
        ("C|C|C|C/2||G/2|D|D|D|D/2:|", "CCCCGDDDDGDDDD"),
        (":|C|D:|", "CDCD"),
        ("|:C|:D:|E", "CDDE"),
    ],
)
def test_repeats_and_endings(body, order):
    assert played(body) == order


@pytest.mark.parametrize(
    ("heading", "body", "order"),
    [
        ("P:AABA\n", "P:A\nC|D|\nP:B\nE|F|\n", "CDCDEFCD"),
        ("P:A2(BA)2.\n", "P:A\nC|\nP:B\nE|\n", "CCECEC"),
        ("P:A4.B3\n", "P:A\nC|\nP:B\nE|\n", "CCCCEEE"),
        ("Y:ABA\n", "P:A\nC|D:|\nP:B\nE|[1F:|[2G||\n", "CDCDEFEGCDCD"),  # repeats every time
        ("Y:A ABB\n", "P:A\nC|\nP:B\nE|\n", "CCEE"),
        ("Y:BA\n", "G|\nP:A\nC|\nP:B\nE|\n", "GEC"),  # what is before the parts comes first
        ("", "P:A\nC|D:|\nP:B\nE|F:|\n", "CDCDEFEF"),  # no order: as they stand
        ("P:Modern version\n", "P:A\nC|\nP:B\nE|\n", "CE"),  # no order either
        ("Y:AXB\n", "P:A\nC|\nP:B\nE|\n", "CE"),
        ("P:AB\n", "[P:A]C|[P:B]E|", "CE"),
    ],
)
def test_parts(heading, body, order):
    assert played(body, head=f"{heading}L:1/1\nK:C\n") == order


PLAYED_BY_TURNS = "P:A\nC|[1D:|[2E:|[3F|]\nP:B\nG|"


@pytest.mark.parametrize(
    ("order", "played_order"),
    [
        ("P:A3B", "CDCECFG"),  # ABC 2.1, 4.10: each time another ending
        ("P:ABA", "CDCECFGCDCECF"),  # not in a row: with its repeats
        ("P:AB", "CDCECFG"),  # once: with its repeats
        ("Y:AAAB", "CDCECF" * 3 + "G"),  # this corpus's own field: with its repeats every time
    ],
)
def test_each_play_of_a_part_has_another_ending(order, played_order):
    assert played(PLAYED_BY_TURNS, head=f"{order}\nL:1/1\nK:C\n") == played_order


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("P:A (slow)\nC|\nP:B. Coda-like\nE|\n", "CEC"),
        ("P:First\nC|\nP:Second\nE|\n", "CE"),  # none of the order's: as they stand
    ],
)
def test_labels_of_parts_may_have_text(body, order):
    assert played(body, head="P:ABA\nL:1/1\nK:C\n") == order


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("C|D!fine!|E|F!D.C.!|]", "CDEFCD"),
        ('C|D"^Fine"|E|F"D.C. al Fine"|]', "CDEFCD"),
        ('C|D"Fine"||E|F|"D.C."|]', "CDEFCD"),  # after the last barline
        ("C|SD|E!D.S.!|F", "CDEDEF"),
        ("C|!segno!D|E!fine!|F!D.S.alfine!|G", "CDEFDE"),
        ("C|D!dacoda!|E!D.C.alcoda!|OF|G|]", "CDECDFG"),
        ("C|D!coda!|E!D.C.!|!coda!F|G|]", "CDECDFG"),  # the first of two signs: where to leave
        ("|:C|D!fine!:||:E|F:|!D.C.!|]", "CDCDEFEFCD"),  # no repeats the second time
        ("|:C|[1D:|[2E!fine!||F!D.C.!|]", "CDCEFCE"),  # but the last ending
        ("C|D!D.C.!|E!D.C.!|F", "CDCDECDEF"),  # each once
        ("C|DH|]E|F!D.C.!|]", "CDEFCD"),  # a fermata on the barline ends a dance
        ("C|D!fermata! ||E!fermata!|F!D.C.!|]", "CDEFCD"),
        (
            "C|D||E|F!D.C.!|]",
            "CDEF",
        ),  # where nothing does, it is danced again as often as one likes
        ("C|SD||E|F!D.S.!|]", "CDEF"),
        ("C|SDHy|]E|F!D.S.!|]", "CDEFD"),
        ("C|D/2!segno!E/2|F!fine!|G!D.S.!|]", "CDEFGDEF"),  # within a measure: from its start
        ("C|D!segno!|F!fine!|G!D.S.!|]", "CDFGF"),  # after its last note: from the next one
        ("C|!trill!D|!D.S.!E|]", "CDE"),  # no segno
        ('C|D!fine!|"D/C"E|"Dm/c"F|', "CDEF"),  # chords
        ('C|D"Da Coda"|E"D.C."|"Coda"F|', "CDECDF"),
        ('C|D"Fine (last time)"|E"D.C."|]', "CDECD"),
        ('C|D"Fine"|E|F"^D.C. al Fine, no repeats"|]', "CDEFCD"),
        ("C|D!fine!|E", "CDE"),
    ],
)
def test_jumps(body, order):
    assert played(body) == order


def test_jumps_can_be_left():
    text = "X:1\nL:1/1\nK:C\nC|D!fine!|E!D.C.!|]\n"
    tune = unfold(reader.read(text), id="a/1", source="a.abc", jumps=False)
    assert [n.pitch for n in tune.notes] == [60, 62, 64]


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        ("C|D!D.S.!|", "its D.S. finds no segno: not played"),
        ('C|D"D.C. al Fine"|', "its D.C. al fine finds no fine: not played"),
        ('C|D"D.C. al Coda"|', "its D.C. al coda finds no coda: not played"),
    ],
)
def test_a_jump_without_its_sign_is_remarked(body, remark):
    assert read(body).remarks == (remark,)


def test_ties_join_over_barlines_repeats_and_spaces():
    assert notes(read("C2-C z|D4|")) == [(0, 3, 60), (4, 4, 62)]
    assert notes(read("C4-|C2 D2|")) == [(0, 6, 60), (6, 2, 62)]
    assert notes(read("CDE2 -E|")) == [(0, 1, 60), (1, 1, 62), (2, 3, 64)]
    assert [n.duration for n in read("|:C4-:|D4|").notes] == [8, 4]
    assert [n.pitch for n in read("C2-D2|").notes] == [60, 62]


def test_grace_notes_take_no_time():
    assert notes(read("{c}CDEF|{/gab}C|"))[0] == (0, 1, 60)


@pytest.mark.parametrize(
    ("body", "durations"),
    [
        ("(3CDE F2|", ["2/3", "2/3", "2/3", 2]),
        ("(3:2:2C2D F2|", ["4/3", "2/3", 2]),
        ("(3::2C2D F2|", ["4/3", "2/3", 2]),
        ("(2CD F|", ["3/2", "3/2", 1]),
        ("(5CDEFG|", ["2/5"] * 5),
        ("(3C|DE F|", ["2/3", "2/3", "2/3", 1]),
        ("C>D C<D|", ["3/2", "1/2", "1/2", "3/2"]),
        ("C>>D C<{g}D|", ["7/4", "1/4", "1/2", "3/2"]),
        ("C/D//E3/2F/4|", ["1/2", "1/4", "3/2", "1/4"]),
        ("[C2E2]D [CE]2|", [2, 1, 2]),
        ("(12:8:12CDECDECDECDE|", ["2/3"] * 12),  # ABC 2.1, 4.13 sets no limit
        ("(3:2:12CDECDECDECDE|", ["2/3"] * 12),
        ("(10:6:4C3/2C3/2C3C3C|", ["9/10", "9/10", "9/5", "9/5", 1]),
        ("(10CCCCCCCCCCC|", ["4/5"] * 10 + [1]),  # of itself in the time of 8
    ],
)
def test_lengths(body, durations):
    assert [n.duration for n in read(body).notes] == [Fraction(d) for d in durations]


def test_a_quintuplet_in_compound_time():
    assert read("(5CDEFG|", head="M:6/8\nL:1/4\nK:C\n").notes[0].duration == Fraction(3, 5)


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("M:2/4\nK:C\n", "1/4"),
        ("M:6/8\nK:C\n", "1/2"),
        ("K:C\n", "1/2"),
        ("L:1/16\nM:6/8\nK:C\n", "1/4"),
        ("M:C|\nL:1/4\nK:C\nL:1/2\n", 2),
    ],
)
def test_the_unit_length(head, unit):
    assert read("C|", head=head).notes[0].duration == Fraction(unit)


def test_of_notes_together_the_highest_is_the_melody():
    assert notes(read("[CEG]2 D2|")) == [(0, 2, 67), (2, 2, 62)]
    assert notes(read("[A,-C]C z2|")) == [(0, 1, 60), (1, 1, 60)]  # the tie is the other's
    assert notes(read("[A,C-]C z2|")) == [(0, 2, 60)]
    assert notes(read("+ceg+2 +f+D2|")) == [(0, 2, 79), (2, 2, 62)]
    assert notes(read("+CEG+ DEF|"))[0] == (0, 1, 67)  # as ABC 1.6 wrote chords


@pytest.mark.parametrize(
    ("key", "name", "sounding"),
    [
        ("Bdor", "B dorian", [66, 61]),
        ("Bb", "Bb major", [65, 60]),
        ("F#m", "F# minor", [66, 61]),
        ("E Minor", "E minor", [66, 60]),
        ("Dmix=c", "D mixolydian", [66, 60]),
        ("D exp ^c", "D major", [65, 61]),
        ("C ^f", "C major", [66, 60]),
        ("G clef=treble", "G major", [66, 60]),
        ("D treble-8", "D major", [54, 49]),
        ("EM", "E minor", [66, 60]),  # ABC 2.1, 3.1.14: the mode's case is ignored
        ("eMIN", "E minor", [66, 60]),
        ("Dm^c", "D minor", [65, 61]),
        ("Ebminor=e^c", "Eb minor", [65, 61]),
        ("D=c", "D major", [66, 60]),
        ("D m=c", "D major", [66, 61]),  # the middle line
        ("^f_c", "", [66, 59]),
        ("exp ^f", "", [66, 60]),
        ("E flat", "Eb major", [65, 60]),
        ("F♯ Minor", "F# minor", [66, 61]),
        ("clef=bass G", "G major", [66, 60]),
        ("treble D", "D major", [66, 61]),
        ("Gm staves=2 bass", "G minor", [65, 60]),
        ('D clef="treble-8"', "D major", [54, 49]),
        ("Bb stafflines=1 middle=B transpose=-2", "Bb major", [63, 58]),
        ("D t=2", "D major", [68, 63]),
        ("bass", "", [65, 60]),
        ("clef=none", "", [65, 60]),
        ("Hp", "A mixolydian", [66, 61]),
        ("none", "", [65, 60]),
        ("", "", [65, 60]),
    ],
)
def test_keys(key, name, sounding):
    tune = read("FC|", head=f"L:1/4\nK:{key}\n")
    assert (tune.key, [n.pitch for n in tune.notes]) == (name, sounding)


def test_a_transposition_holds_until_another_is_given():
    body = "C|[K:G octave=-1]C|[K:D octave=-1]C|[K:C]C|[K:C octave=0]C|[K:C transpose=2]C|"
    assert pitches(body, head="V:1 octave=1\nK:C\n") == [72, 48, 49, 48, 60, 62]


def test_a_key_that_is_none_is_unreadable():
    with pytest.raises(UnreadableTuneError, match="K:H: not a key"):
        read("C|", head="K:H\n")


def test_an_accidental_holds_to_the_barline_and_through_a_tie():
    assert pitches("^FF|F") == [66, 66, 65]
    assert pitches("^Ff=F f|") == [66, 78, 65, 77]
    assert pitches("^F4-|FGF2") == [66, 67, 65]
    assert notes(read("^F4-|F4|")) == [(0, 8, 66)]
    assert pitches("^^F __B|") == [67, 69]


def test_how_far_accidentals_hold_can_be_said():
    assert pitches("%%propagate-accidentals not\n^FFf|") == [66, 65, 77]
    assert pitches("I:propagate-accidentals octave\n^FFf|") == [66, 66, 77]


def test_changes_of_key_meter_and_unit_length():
    body = "F4|\nK:G\nF4|[M:3/4][L:1/8]F2G2A2|[K:C]F6|\nM:4/4\nF8|"
    tune = read(body)
    assert [n.pitch for n in tune.notes] == [65, 66, 66, 67, 69, 65, 65]
    assert tune.meter_changes == (MeterChange(Fraction(8), "3/4"), MeterChange(Fraction(14), "4/4"))
    assert tune.end == 18


def test_an_upbeat_to_a_new_meter_belongs_to_the_measure_before():
    tune = read("CDE|\nM:3/4\nF|GAB|")
    assert tune.meter_changes == (MeterChange(Fraction(5), "3/4"),)


@pytest.mark.parametrize(
    ("field", "meter"),
    [
        ("C", "4/4"),
        ("C|", "2/2"),
        (" 6/8", "6/8"),
        ("2+3/8", "5/8"),
        ("(2+2+3)/8", "7/8"),
        ("none", "4/4"),
        ("FREI4/4", "4/4"),
        ("3/4+2/4", "5/4"),
        ("6/8 + 3/4", "12/8"),
        ("(2/4+3/8)", "7/8"),
        ("2/4 3/4", "2/4"),  # one or the other: the first
    ],
)
def test_meters(field, meter):
    assert read("C|", head=f"M:{field}\nK:C\n").meter == meter


def test_the_first_voice_is_the_melody():
    assert pitches("V:1\nC4|\nV:2\nE4|\nV:1\nD4|") == [60, 62]
    assert pitches("[V:1]C4|\n[V:2]E4|\n", head="V:1\nV:2\nK:C\n") == [60]
    assert pitches("C4|\nV:2\nE4|\n") == [60]
    assert pitches("E4|\nV:1\nC4|\nV:2\nF4|", head="V:2\nV:1\nK:C\n") == [64, 65]


@pytest.mark.parametrize("percussion", ["V:1 clef=perc", "V:1 perc stafflines=1"])
def test_percussion_is_no_melody(percussion):
    assert pitches(f"{percussion}\nCCCC|\nV:2 name=Percy\nE4|") == [64]
    with pytest.raises(UnreadableTuneError, match="no notes but percussion"):
        read("C4|", head=f"{percussion}\nK:C\n")


def test_what_a_voice_is_called_says_nothing_of_its_pitch():
    assert pitches("C4|", head='V:1 name="My t=3 octave=1 perc" octave=-1\nK:C\n') == [48]


def test_a_voice_of_rests_is_no_melody():
    assert pitches("V:1\nz4|\nV:2\nE4|") == [64]


def test_a_voice_that_cannot_be_read_costs_a_tune_only_as_its_melody():
    assert pitches("V:1\nC4|\nV:2\nE100000|\nV:1\nD4|") == [60, 62]
    with pytest.raises(UnreadableTuneError, match="lasts 100000"):
        read("V:2\nE100000|\nV:1\nC4|")


def test_fields_hold_in_their_voice():
    body = "V:1\n[K:D]F4|\nV:2\n[L:1/8]F8|\nV:1\nF4|"
    assert notes(read(body)) == [(0, 4, 66), (4, 4, 66)]


@pytest.mark.parametrize(
    ("body", "sounding"),
    [
        ("C2D2&E4|F4|", "CDF"),
        ("V:1\nCDEF|\nV:2\nc4 & e4|\nV:1\nGGCC|DDDD|", "CDEFGGCCDDDD"),
        ("[V:1]CDEF|GGCC|\n[V:2]c2&G2 e2&E2|c4&E4|\n[V:1]DDDD|", "CDEFGGCCDDDD"),
        ("V:1\nC4 & E4\nV:2\nG4|\nV:1\nD4|", "CD"),  # no barline ends it, but the voice
        ("C4|D4&&E4|F4|G4|", "CDG"),  # ABC 2.1, 7.4: back by two barlines
        ("(&C4|D4&E4|F4&)|G4|", "CDG"),  # as abcm2ps has it
        ("C4&E4&G4|F4|", "CF"),
    ],
)
def test_overlays_are_no_melody(body, sounding):
    names = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G"}
    assert "".join(names[pitch] for pitch in pitches(body)) == sounding


def test_rests_keep_time():
    assert notes(read("Cz2D|Z2|x4|E|")) == [(0, 1, 60), (3, 1, 62), (16, 1, 64)]


def test_what_is_no_music_is_left_out():
    body = (
        "w: la la la\n!trill!C .D ~E HF|$\n% C C C\n(GA)`B c y|\\\n"
        "N:Bad\nN::C\n[r:a remark]C|\n\nThis is text: ABC."
    )
    assert pitches(body) == [60, 62, 64, 65, 67, 69, 71, 72, 60]


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("T:A long\n+:title\n", "A long title"),  # ABC 2.1, 3.3
        ("T:A long\n% a comment\n+: title\n", "A long title"),
        ("T:t\nH:Collected long ago\nby a fiddler and a dancer.\n", "t"),  # ABC 1.6's H:
        ("T:t\nZ:by a friend\nof a cousin: abc\n", "t"),
        ("T:t\n%%begintext\nT:no\nabc\n%%endtext\n", "t"),
        ("T:t\n%%beginps\n/abc {C} def\n%%endps\n", "t"),
        ("T:t\n%%text CDE\n", "t"),
        ("abc|\nT:t\n", "t"),  # the first K: ends the heading: nothing before it is music
        ("  T : t\n", "t"),
        ("T:a lo\\\nng title\n", "a long title"),
    ],
)
def test_text_is_not_played(heading, title):
    tune = unfold(
        reader.read(f"X:1\n{heading}M:4/4\nL:1/4\nK:A\nCDEF|\nw:la la\n+:la\n"),
        id="a/1", source="a",
    )  # fmt: skip
    assert (tune.title, tune.key) == (title, "A major")
    assert notes(tune) == [(0, 1, 61), (1, 1, 62), (2, 1, 64), (3, 1, 66)]


@pytest.mark.parametrize(
    ("body", "remarks"),
    [
        ("CDEF|\n\nGABc|CDEF|\n", ("music after an empty line, which ends a tune, is not read",)),
        ("m:~G = {A}G\nCDEF|", ("its macro ~G is not expanded",)),
        ("CDEF|\n\nA text: cab | bag, and so on.\nw:C|D|\n", ()),
    ],
)
def test_what_is_not_read_is_remarked(body, remarks):
    tune = read(body)
    assert (tune.remarks, [n.pitch for n in tune.notes]) == (remarks, [60, 62, 64, 65])


@pytest.mark.parametrize(
    "block",
    ["%%begintext\nCDE|\n%%endtext", "%%beginsvg\n<g>a</g>\n%%endsvg", "%%beginml\nc\n%%endml"],
)
def test_text_in_the_midst_of_music_is_not_played(block):
    assert pitches(f"C2D2|\n{block}\nE4|") == [60, 62, 64]
    assert pitches(f"C2D2|\n{block.rpartition(chr(10))[0]}") == [60, 62]  # which nothing ends


def test_notes_between_exclamation_marks_are_played():
    """They end lines in old books."""
    assert pitches("CD! EF!|") == [60, 62, 64, 65]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"Caf\'e \`a la cr\^eme", "Café à la crème".replace("è", "ê")),
        ("Caf&eacute; &amp; bar", "Café & bar"),
        (r"Caf\u00e9 \'A", "Café Á"),
        (r"M\"uller \"O \ss \AE \oe", "Müller Ö ß Æ œ"),
        (r"Gar\ccon \~nu \/o \aa \vS \uA \HO", "Garçon ñu ø å Š Ă Ő"),
        (r"50\% off \\ here \& there", r"50% off \ here & there"),
        (r"a \z b", r"a \z b"),
        ("Fish &c. % a comment", "Fish &c."),
    ],
)
def test_text_strings(written, title):
    """By the table of ABC 2.1, 8.2."""
    assert reader.read(f"X:1\nT:{written}\nK:C\nC|\n").title.strip() == title


def test_chord_symbols_keep_their_places():
    tune = read('G|"Am"CD"E7""C"E"D m;G"F|"Fine""^text"G"(D7)"A"F#m7/a+"B2|')
    assert [(c.onset, c.symbol) for c in tune.chords] == [
        (4, "Am"), (6, "E7"), (7, "Dm"), (9, "D7"), (10, "F#m7/a+"),
    ]  # fmt: skip
    assert tune.chords[0] == ChordSymbol(Fraction(4), "Am")


def test_a_book_is_cut_at_reference_numbers():
    book = "a header\nX:1\nA|\n\nX: 7\nB|\nX:7\nC|\nX:\nD|"
    assert [number for number, _ in split_tunes(book)] == ["1", "7", "#3", "#4"]
    assert "".join(text for _, text in split_tunes(book)) == book.removeprefix("a header\n")


def split(book):
    return dict(split_tunes(book))


def test_reference_numbers_may_be_indented_and_spaced():
    assert split("X :1\nK:C\nC|\n\n  X: 2\nK:C\nX:|D|\n").keys() == {"1", "2"}


def test_a_reference_number_in_a_text_block_is_text():
    book = "%%begintext\nX:5\n%%endtext\nX:1\nK:C\nC|\n%%begintext\nX:2\n%%endtext\nD|\n"
    ((number, text),) = split_tunes(book)
    tune = unfold(reader.read(text), id="", source="")
    assert (number, [note.pitch for note in tune.notes]) == ("1", [60, 62])


def test_a_title_above_the_number_is_the_tunes():
    book = "T:One\nX:1\nK:C\nC|\n\nT:Two\nT:or three\nX:2\nT:four\nK:C\nC|\n"
    assert [reader.read(text).title for text in split(book).values()] == ["One", "Two"]


def test_the_header_of_a_file_holds_for_its_tunes():
    """ABC 2.1, 2.2.2; free text after the header is none of it."""
    book = (
        "%abc-2.1\nM:6/8\nL:1/4\nR:jig\n%%propagate-accidentals not\n\nM:9/8\n\n"
        "X:1\nT:one\nK:C\n^CCEF|\n\nX:2\nT:two\nL:1/8\nK:C\nCDEFGA|\n\nX:3\nM:2/4\nK:C\nCD|\n"
    )
    one, two, three = (unfold(reader.read(t), id="", source="") for t in split(book).values())
    assert (one.meter, notes(one)) == ("6/8", [(0, 1, 61), (1, 1, 60), (2, 1, 64), (3, 1, 65)])
    assert (two.meter, [n.duration for n in two.notes]) == ("6/8", [Fraction(1, 2)] * 6)
    assert (three.meter, [n.duration for n in three.notes]) == ("2/4", [1, 1])


@pytest.mark.parametrize("book", ["", "a header\n", "T:A tune without a number\nK:C\nCDEF|\n"])
def test_without_a_reference_number_there_is_no_tune(book):
    assert split_tunes(book) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("z4|", "no notes"),
        ("", "no notes"),
        ("C100000000|", "lasts 100000000 quarter notes"),
        ("C9999999999999|", "length is 9999999999999"),
        ("C/0|", "length is /0"),
        ("C//////////|", "length is //////////"),
        ("C/7919D/7907E/7901|", "share no usable grid"),
        ("C|" * 20_001, "more than 20,000 notes"),
        ("CDEF" * 1000 + ":" * 30 + "|", "unfold to more than"),
        ("z500|" * 100 + "C|", "longer than"),
        ("[M:1/9999]C|", "its meter is 1/9999"),
        ("[M:999/1]C|", "its meter is 999/1"),
        ("[M:3/6]C|", "its meter is 3/6"),
        ("C,,,,,|", "not on a piano"),
        ("c''''|", "not on a piano"),
    ],
)
def test_what_would_hang_or_explode_is_refused(body, reason):
    with pytest.raises(UnreadableTuneError, match=reason):
        read(body)


def test_part_orders_do_not_explode():
    with pytest.raises(UnreadableTuneError, match="more than 1,000 parts"):
        read("P:A\nC|", head="P:" + "(" * 9 + "A9" + ")9" * 9 + "\nK:C\n")


def test_a_text_that_is_too_long_is_not_begun():
    with pytest.raises(UnreadableTuneError, match="bytes long"):
        reader.read("X:1\nK:C\n" + "C" * 4_000_001)
