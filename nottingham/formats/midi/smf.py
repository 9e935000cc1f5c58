"""Standard MIDI files as tracks of messages at absolute ticks.

mido decodes the messages. The container around them is read here: mido gives up a whole file for
one event or chunk that it does not know, and forgets the time that passes before an unknown meta
event. As the standard says, chunks of other kinds are skipped, and a track ends with its
end-of-track event; the header's count of tracks is not needed. Of the meta events only names,
meters, keys and text are decoded; one that makes no sense is left out with a remark.
"""

from collections.abc import Iterator
from typing import NamedTuple

from mido import KeySignatureError, Message, MetaMessage

from nottingham.formats.unfold import check_meter
from nottingham.music.limits import UnreadableTuneError

_MAX_HEAD = 4096
"""Bytes before the MIDI header in a RIFF file (.rmi) or after an old Macintosh header."""
_META, _METER, _END_OF_TRACK = 0xFF, 0x58, 0x2F
_TEXTS = {0x01: ("text", "text"), 0x03: ("track_name", "name")}
"""The meta events that hold text: mido's names of them, and of what they hold."""
_DECODED = {0x01: "text", 0x03: "name", _METER: "time signature", 0x59: "key signature"}
_CLICKS = b"\x18\x08"
"""Of the metronome, and 32nds in a quarter note: some programs leave these two out of a meter."""
_SYSTEM, _SYSTEM_EXCLUSIVE = 0xF0, (0xF0, 0xF7)
_DATA_BYTES = {0xC: 1, 0xD: 1, 0xF1: 1, 0xF2: 2, 0xF3: 1}
"""By kind of channel message, or by status; 2 for the other channel messages, else 0."""
_MAX_NUMBER = 4
"""Bytes of a number of variable length."""


class Event(NamedTuple):
    """A message and its time in ticks from the start of the track."""

    tick: int
    message: Message | MetaMessage


class File(NamedTuple):
    """What a standard MIDI file holds."""

    ticks_per_beat: int
    independent: bool
    """Whether each track is a piece of its own (format 2)."""
    tracks: list[list[Event]]
    remarks: tuple[str, ...]
    """What was left out, in sentences."""


def read(content: bytes) -> File:
    """Read a standard MIDI file, which may be wrapped in RIFF.

    Raises:
        UnreadableTuneError: if it is none, ends too early, or counts no ticks in a beat.
    """
    if not content:
        raise UnreadableTuneError("it is empty")
    start = content.find(b"MThd", 0, _MAX_HEAD)
    if start < 0:
        raise UnreadableTuneError("it is no MIDI file: it does not begin with MThd")
    (_, header, _), *chunks = _chunks(content[start:])
    if len(header) < 6:
        raise UnreadableTuneError("it ends too early, in the header")
    ticks_per_beat = int.from_bytes(header[4:6], "big")
    if not 0 < ticks_per_beat < 2**15:
        raise UnreadableTuneError(
            "its time is in frames of film, not in beats; export it with ticks in a beat"
        )
    bodies = [(body, cut_short) for kind, body, cut_short in chunks if kind == b"MTrk"]
    if not bodies:
        raise UnreadableTuneError("it ends too early: there is no track in it")
    remarks: list[str] = []
    tracks = [
        list(_events(_Bytes(body, track=number, cut_short=cut_short), remarks))
        for number, (body, cut_short) in enumerate(bodies, start=1)
    ]
    return File(ticks_per_beat, header[:2] == b"\0\2", tracks, tuple(remarks))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield the kind and the body of each chunk, and whether the body is cut short."""
    position = 0
    while position < len(content):
        kind, size = content[position : position + 4], content[position + 4 : position + 8]
        end = position + 8 + int.from_bytes(size, "big")
        yield kind, content[position + 8 : end], end > len(content)
        position = end


class _Bytes:
    """The bytes of a track, taken from its start on."""

    def __init__(self, body: bytes, *, track: int, cut_short: bool) -> None:
        self.track = track
        self.cut_short = cut_short
        self._body = body
        self._position = 0

    @property
    def left(self) -> int:
        return len(self._body) - self._position

    def take(self, count: int) -> bytes:
        """Take bytes.

        Raises:
            UnreadableTuneError: if there are fewer.
        """
        if count > self.left:
            raise UnreadableTuneError(f"it ends too early, in track {self.track}")
        self._position += count
        return self._body[self._position - count : self._position]

    def number(self) -> int:
        """Take a number of variable length.

        Raises:
            UnreadableTuneError: if it has more bytes than one may have.
        """
        value = 0
        for _ in range(_MAX_NUMBER):
            byte = self.take(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise UnreadableTuneError(
            f"it is damaged: a number in track {self.track} has more than {_MAX_NUMBER} bytes"
        )

    def status(self, *, running: int) -> int:
        """Take the status byte of an event; without one, that of the event before holds.

        Raises:
            UnreadableTuneError: if there is none before either.
        """
        byte = self.take(1)[0]
        if byte >= 0x80:
            return byte
        if not running:
            raise UnreadableTuneError(
                f"it is damaged: data in track {self.track} belong to no event"
            )
        self._position -= 1
        return running


def _events(data: _Bytes, remarks: list[str]) -> Iterator[Event]:
    """Yield a track's notes, names, meters, keys and text, and add to the remarks.

    Raises:
        UnreadableTuneError: if it ends too early, or holds what belongs to no event.
    """
    tick, status = 0, 0
    while data.left or data.cut_short:
        tick += data.number()
        kind = data.status(running=status)
        if kind == _META:
            kind = data.take(1)[0]
            content = data.take(data.number())
            if kind == _END_OF_TRACK:
                yield Event(tick, MetaMessage("end_of_track"))
                return
            try:
                if kind in _DECODED:
                    yield Event(tick, _meta(kind, content))
            except (KeySignatureError, LookupError, ValueError, UnreadableTuneError):
                remarks.append(
                    f"the {_DECODED[kind]} at tick {tick} of its track {data.track} makes no "
                    "sense, and was left out"
                )
        elif kind in _SYSTEM_EXCLUSIVE:
            data.take(data.number())
        elif kind >= _SYSTEM:
            data.take(_DATA_BYTES.get(kind, 0))
        else:
            status = kind
            values = data.take(_DATA_BYTES.get(kind >> 4, 2))
            # a velocity of 128 is a common fault
            yield Event(tick, Message.from_bytes([kind, *(min(v, 127) for v in values)]))


def _meta(kind: int, content: bytes) -> MetaMessage:
    """Decode a meta event.

    Raises:
        KeySignatureError, LookupError, ValueError: of mido's, if it makes no sense.
        UnreadableTuneError: if it names a meter that notation does not have.
    """
    if kind in _TEXTS:  # of any length; every byte a character, as mido has it
        type, attribute = _TEXTS[kind]
        return MetaMessage(type, **{attribute: content.decode("latin-1")})
    if kind == _METER and len(content) == 2:
        content += _CLICKS
    message = MetaMessage.from_bytes([_META, kind, len(content), *content])
    if message.type == "time_signature":
        check_meter(f"{message.numerator}/{message.denominator}")
    return message
