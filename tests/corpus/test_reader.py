"""Reading ABC, MIDI and MusicXML; the expected notes were worked out by hand from the notation."""

from fractions import Fraction

import pytest

from nottingham import corpus
from nottingham.corpus import collection
from nottingham.corpus.abc import split_tunes
from nottingham.corpus.reader import UnreadableTuneError, read_abc
from nottingham.corpus.tune import ChordSymbol, MeterChange
from nottingham.errors import InputError
from tests.conftest import DATA


def read(body, *, head="M:4/4\nL:1/4\nK:C\n"):
    return read_abc(f"X:1\nT:A tune\n{head}{body}\n", id="a/1", source="a.abc").tune


def notes(tune):
    return [(n.onset, n.duration, n.pitch) for n in tune.notes]


def test_a_plain_measure():
    assert notes(read("CDEF|")) == [(0, 1, 60), (1, 1, 62), (2, 1, 64), (3, 1, 65)]


def test_an_upbeat_starts_after_the_rest_that_fills_its_measure():
    assert notes(read("G|CDEF|"))[:2] == [(3, 1, 67), (4, 1, 60)]


def test_repeats_and_endings_are_unfolded():
    played = [n.pitch for n in read("|:CDEF|[1G4:|[2A4|]").notes]
    assert played == [60, 62, 64, 65, 67, 60, 62, 64, 65, 69]


@pytest.mark.parametrize("closing", [":|", ":||", ":|\n", ":|]"])
def test_a_section_without_an_opening_sign_repeats_from_the_one_before(closing):
    played = [n.pitch for n in read(f"C4|D4{closing}E4|F4{closing}").notes]
    assert played == [60, 62, 60, 62, 64, 65, 64, 65]


def test_a_section_after_endings_repeats_alone():
    played = [n.pitch for n in read("C4|[1D4:|[2E4||F4:|G4|").notes]
    assert played == [60, 62, 60, 64, 65, 65, 67]


def test_ties_join_and_rests_stay_silent():
    assert notes(read("C2-C z|D4|")) == [(0, 3, 60), (4, 4, 62)]


def test_grace_notes_take_no_time():
    assert notes(read("{c}CDEF|"))[0] == (0, 1, 60)


def test_a_tuplet_is_exact():
    assert notes(read("(3CDE F2|"))[1] == (Fraction(2, 3), Fraction(2, 3), 62)


def test_of_notes_together_the_highest_is_the_melody():
    assert notes(read("[CEG]2 D2|")) == [(0, 2, 67), (2, 2, 62)]


def test_key_and_accidentals():
    tune = read("FCf^c|", head="M:4/4\nL:1/4\nK:Bdor\n")
    assert tune.key == "B dorian"
    assert [n.pitch for n in tune.notes] == [66, 61, 78, 73]
    assert read("B|", head="M:4/4\nL:1/4\nK:Bb\n").key == "Bb major"


def test_the_last_meter_before_the_music_counts():
    assert read("CDE|", head="M:4/4\nK:C\nM:3/4\nL:1/4\n").meter == "3/4"


def test_a_change_of_meter_is_kept():
    tune = read("CDEF|\nM:3/4\nK:C\nGAB|GAB|\n")
    assert (tune.meter, tune.meter_changes) == ("4/4", (MeterChange(Fraction(4), "3/4"),))


def test_chord_symbols_keep_their_places():
    tune = read('G|"Am"CD"E7"EF|')
    assert tune.chords == (ChordSymbol(Fraction(4), "Am"), ChordSymbol(Fraction(6), "E7"))


def test_a_tune_without_notes_is_unreadable():
    with pytest.raises(UnreadableTuneError, match="no notes"):
        read("z4|")


def test_an_unfolding_that_goes_astray_is_left_as_written(monkeypatch):
    from music21 import stream

    def nine_times(part):
        long = stream.Part()
        for _ in range(9):
            for measure in part.getElementsByClass(stream.Measure):
                long.append(measure.__deepcopy__())
        return long

    monkeypatch.setattr(stream.Part, "expandRepeats", nine_times)
    reading = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n", id="a/1", source="a.abc")
    assert not reading.unfolded
    assert len(reading.tune.notes) == 8


def test_a_book_is_cut_at_reference_numbers():
    book = "a header\nX:1\nA|\n\nX: 7\nB|\nX:7\nC|\nX:\nD|"
    assert [number for number, _ in split_tunes(book)] == ["1", "7", "#3", "#4"]
    assert "".join(text for _, text in split_tunes(book)) == book.removeprefix("a header\n")


def test_a_folder_of_every_format(tmp_path):
    from music21 import converter

    (tmp_path / "sub").mkdir()
    text = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"
    (tmp_path / "sub" / "b.abc").write_text(text)
    score = converter.parse(text, format="abc")
    score.write("midi", tmp_path / "a.mid")
    score.write("musicxml", tmp_path / "c.musicxml")
    tunes = {tune.id: tune for tune in corpus.read(tmp_path)}
    assert list(tunes) == ["a/1", "c/1", "sub/b/1"]
    for tune in tunes.values():
        assert [n.pitch for n in tune.notes] == [60, 62, 64, 65, 67, 69, 71, 72]
        assert [n.duration for n in tune.notes] == [1] * 8
    assert tunes["sub/b/1"].title == "Scale"


def test_old_text_is_latin_1(tmp_path):
    (tmp_path / "a.abc").write_bytes("X:1\nT:Caf\xe9\nL:1/4\nK:C\nC|\n".encode("latin-1"))
    (tmp_path / "b.abc").write_bytes("\ufeffX:1\nT:Café\nL:1/4\nK:C\nC|\n".encode())
    assert [tune.title for tune in corpus.read(tmp_path)] == ["Café", "Café"]


def test_what_cannot_be_read_is_kept_aside_with_its_reason(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nL:1/4\nK:C\nC|\n\nX:2\nK:C\n\n")
    (tmp_path / "b.mid").write_bytes(b"no MIDI")
    results = collection.read_all(collection.find_notation(tmp_path))
    tunes, report = collection.sort_out(results)
    assert [tune.id for tune in tunes] == ["a/1"]
    assert (report["read"], report["skipped"]) == (1, 2)
    first, second = report["skipped_tunes"]
    assert (first["file"], first["number"]) == ("a.abc", "2")
    assert second["file"] == "b.mid"
    assert first["reason"]
    assert second["reason"]
    with pytest.raises(InputError, match=r"2 of 3 tunes cannot be read.*a\.abc, tune 2"):
        collection.check_skipped(report, 0.5)
    collection.check_skipped(report, 0.7)


def test_read_warns_of_what_it_leaves_out(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nL:1/4\nK:C\nC|\n\nX:2\nK:C\n\n")
    with pytest.warns(UserWarning, match=r"a/2 in a\.abc: "):
        assert len(list(corpus.read(tmp_path / "a.abc"))) == 1


def test_nothing_to_read_is_said(tmp_path):
    with pytest.raises(InputError, match="no tunes here"):
        collection.find_notation(tmp_path)


def test_the_hand_written_tunes():
    tunes = list(corpus.read(DATA / "tunes"))
    assert [tune.title for tune in tunes] == ["Up the Stairs", "Round the Pond", "Three Steps Home"]
    assert [tune.meter for tune in tunes] == ["4/4", "6/8", "3/4"]
    assert [tune.end for tune in tunes] == [68, 48, 48]
    assert tunes[0].notes[0].onset == 3
