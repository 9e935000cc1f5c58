"""MusicXML written by hand: small scores, and what a reader takes from them."""

from nottingham.formats.musicxml import reader
from nottingham.formats.unfold import unfold
from nottingham.music.tune import Tune

HEAD = '<?xml version="1.0"?><score-partwise version="4.0"><part-list><score-part id="P1">' + (
    "<part-name>P</part-name></score-part></part-list>"
)
START = "<attributes><divisions>1</divisions><key><fifths>1</fifths></key>" + (
    "<time><beats>2</beats><beat-type>4</beat-type></time></attributes>"
)


def note(step, length=1, *, octave=4, extra=""):
    """Write a note; ``extra`` stands before its pitch."""
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{extra}{pitch}<duration>{length}</duration></note>"


def measure(*content):
    return f"<measure>{''.join(content)}</measure>"


def repeat(direction, ending=""):
    side = "left" if direction == "forward" else "right"
    return f'<barline location="{side}">{ending}<repeat direction="{direction}"/></barline>'


def ending(numbers, type, side, *, text=""):
    return f'<barline location="{side}">' + (
        f'<ending number="{numbers}" type="{type}">{text}</ending></barline>'
    )


def words(text):
    return f"<direction><direction-type><words>{text}</words></direction-type></direction>"


def symbol(name):
    return f"<direction><direction-type><{name}/></direction-type></direction>"


def part(*measures, id="P1"):
    return f'<part id="{id}">{"".join(measures)}</part>'


def score(*measures):
    return f"{HEAD}{part(*measures)}</score-partwise>".encode()


def read(content: bytes) -> Tune:
    return unfold(reader.read(content), id="a/1", source="a.musicxml")


def pitches(content: bytes) -> list[int]:
    return [found.pitch for found in read(content).notes]


def letters(content: bytes) -> str:
    names = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A", 71: "B"}
    return "".join(names[pitch] for pitch in pitches(content))
