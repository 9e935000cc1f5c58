"""MusicXML files: encodings, packing, and what is refused before it costs time."""

import io
import zipfile

import pytest

from nottingham.music.limits import UnreadableTuneError
from tests.closure import ROOT
from tests.scores import START, measure, note, part, pitches, read, score

DATA = ROOT / "tests" / "data" / "musicxml"
C4 = score(measure(START, note("C", 2)))
G4 = score(measure(START, note("G", 2)))
CONTAINER = "META-INF/container.xml"


def container(*files):
    """Write a container; each file is a path, or path and media type."""
    named = [(file, None) if isinstance(file, str) else file for file in files]
    rows = "".join(
        f'<rootfile full-path="{path}"{f" media-type={kind!r}" if kind else ""}/>'
        for path, kind in named
    )
    return f"<container><rootfiles>{rows}</rootfiles></container>".encode()


def pack(files, *, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "pitch"),
    [
        # each of these holds one C4, but for the clarinet's D5, which sounds a C5
        ("utf-16.musicxml", 60),
        ("macos.mxl", 60),
        ("parts-beside.mxl", 60),
        ("style-beside.mxl", 60),
        ("additive-meter.musicxml", 60),
        ("transposing.musicxml", 72),
    ],
)
def test_files_of_other_programs(file, pitch):
    assert pitches((DATA / file).read_bytes()) == [pitch]


@pytest.mark.parametrize(
    ("declared", "encoded"),
    [
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),  # no mark: XML 1.0, appendix F
        ("UTF-16", "utf-16-be"),
        ("UTF-8", "utf-8-sig"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("Shift_JIS", "shift_jis"),
        ("UTF-16", "utf-8"),  # converted, and the declaration left as it was
        ("utf-8", "utf-32"),
    ],
)
def test_encodings(declared, encoded):
    title = "ソ" if declared == "Shift_JIS" else "Fête"
    work = f"<work><work-title>{title}</work-title></work><part-list>"
    text = C4.decode().replace('version="1.0"', f'version="1.0" encoding="{declared}"')
    content = text.replace("<part-list>", work).encode(encoded)
    assert read(content).title == title


@pytest.mark.parametrize(
    "files",
    [
        {CONTAINER: container("a.xml", "b.xml"), "b.xml": G4, "a.xml": C4},
        {
            CONTAINER: container(("a.pdf", "application/pdf"), "s/a.xml"),
            "a.pdf": b"",
            "s/a.xml": C4,
        },
        {CONTAINER: container(("a.xml", "application/vnd.recordare.musicxml+xml")), "a.xml": C4},
        {CONTAINER: container("s/a.musicxml"), "b.xml": G4, "s\\a.musicxml": C4},
        {CONTAINER: container("gone.xml"), "a.xml": C4},  # all below: the first that is a score
        {CONTAINER: b"<container", "style.xml": b"<style/>", "a.xml": C4},
        {"__MACOSX/._a.xml": C4[:9], "__MACOSX/a.xml": G4, ".b.xml": G4, "folder/A.XML": C4},
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_score_of_a_packed_file(files, method):
    assert pitches(pack(files, method=method)) == [60]


def encrypted():
    packed = bytearray(pack({"a.xml": C4}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(header) + flags] |= 1
    return bytes(packed)


BOMB = pack({"a.xml": b" " * 4_000_001})
LYING = BOMB.replace((4_000_001).to_bytes(4, "little"), (100).to_bytes(4, "little"))
MANY = {f"{n}.xml": b" " * 1_500_000 for n in range(3)}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"<score-partwise>\n<part>\n </prt>", "line 3, column 4: mismatched tag; export it"),
        (b"<html/>", "no MusicXML score: its root element is <html>"),
        (b"<opus/>", "an opus, a list of other files"),
        (b"<score-partwise/>", "it has no part"),
        (b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', "declares XML entities"),
        ('<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'.encode("utf-16"), "declares XML entities"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not in klingon"),
        (b"<score-partwise>\xff</score-partwise>", "not in utf-8"),
        (b" " * 4_000_001, "it is 4,000,001 bytes long"),
        (BOMB, "it unpacks to 4,000,001 bytes; at most 4,000,000"),
        (LYING, "damaged or encrypted"),
        (pack(MANY), "it unpacks to 1,500,000 bytes"),
        (pack({"readme.txt": b"none"}), "it holds no score"),
        (pack({"a.xml": b"<style/>"}), "it holds no score"),
        (b"PK\x03\x04 damaged", "damaged or encrypted"),
        (encrypted(), "damaged or encrypted"),
        (score(measure(START, *[note("C")] * 20_001)), "more than 20,000 notes"),
        (score("<measure/>" * 20_000, measure(START, note("C"))), "more than 20,000 measures"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused(content, reason):
    with pytest.raises(UnreadableTuneError) as error:
        pitches(content)
    assert reason in str(error.value)


def test_a_score_written_measure_by_measure():
    """The same score, part by part and measure by measure (score-timewise)."""
    head = '<part-list><score-part id="P1"/><score-part id="P2"/></part-list>'
    first = measure(part(START, note("C", 2)), part(START, note("G", 2), id="P2"))
    second = measure(part(note("D", 2)), part(note("G", 2), id="P2"))
    content = f"<score-timewise>{head}{first}{second}</score-timewise>".encode()
    assert pitches(content) == [60, 62]
