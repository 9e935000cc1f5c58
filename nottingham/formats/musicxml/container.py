"""A MusicXML file as an XML tree: packed (``.mxl``) or not, in whatever encoding.

In a packed file ``META-INF/container.xml`` names the score: its first root file that is MusicXML
(other root files are parts, or pictures of the score). Where it is missing or broken, the score is
the first file that looks like one. Nothing is unpacked beyond the size that a tune may have.
"""

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError

_CONTAINER = "meta-inf/container.xml"
_PACKING_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError,
    RuntimeError,  # encrypted, or packed in an unknown way
)  # fmt: skip
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""What a file may begin with, and the encoding that it then is in; UTF-32's before UTF-16's."""
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_SCORE = re.compile(r"<score-(?:partwise|timewise)\b")


def root(content: bytes) -> Element:
    """Read the root element of a MusicXML file, its names without namespaces.

    Raises:
        UnreadableTuneError: if it is too large, damaged, or no XML.
    """
    limits.check_size(content)
    if not content:
        raise UnreadableTuneError("it is empty")
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                return _xml(_score(packed))
        except _PACKING_ERRORS as error:
            raise UnreadableTuneError(
                f"its packed file is damaged or encrypted ({error}); save it again, unpacked"
            ) from error
    return _xml(_text(content))


def _score(packed: zipfile.ZipFile) -> str:
    """Read the score's text out of a packed file."""
    files = {_path(entry.filename): entry for entry in packed.infolist() if not entry.is_dir()}
    for path in _named(packed, files):
        if path in files:
            return _text(_unpacked(packed, files[path]))
    left = limits.MAX_BYTES
    for path, entry in files.items():
        hidden = path.startswith(("meta-inf/", "__macosx/", ".")) or "/." in path
        if hidden or not path.endswith((".xml", ".musicxml")):
            continue
        content = _unpacked(packed, entry, limit=left)
        left -= len(content)
        if _SCORE.search(text := _text(content)):
            return text
    raise UnreadableTuneError("it holds no score")


def _path(name: str) -> str:
    """Write a path inside a packed file in the one way by which it is looked up."""
    return name.replace("\\", "/").removeprefix("./").lstrip("/").casefold()


def _named(packed: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the paths of the MusicXML files that the container names; none if it is broken."""
    if _CONTAINER not in files:
        return
    try:
        container = _xml(_text(_unpacked(packed, files[_CONTAINER])))
    except UnreadableTuneError:
        return
    for file in container.iter("rootfile"):
        kind = file.get("media-type", "musicxml")
        if "musicxml" in kind or kind in ("application/xml", "text/xml"):
            yield _path(file.get("full-path", ""))


def _unpacked(
    packed: zipfile.ZipFile, entry: zipfile.ZipInfo, *, limit: int = limits.MAX_BYTES
) -> bytes:
    """Unpack a file up to the size limit, whatever size its entry claims."""
    if entry.file_size > limit:
        raise UnreadableTuneError(
            f"it unpacks to {entry.file_size:,} bytes; at most {limits.MAX_BYTES:,}"
        )
    with packed.open(entry) as file:
        return file.read(limit)


def _text(content: bytes) -> str:
    """Decode XML by its byte order mark, or as it declares; without either it is UTF-8."""
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(content[:1000])
        encoding = declared.group(1).decode() if declared else "utf-8"
        if re.match(r"(?i)(utf|ucs|iso-10646-ucs)-?(16|32|2|4)", encoding):
            encoding = "utf-8"  # a declaration that was left as it was when the file was converted
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (LookupError, ValueError) as error:
        raise UnreadableTuneError(
            f"its text is not in {encoding}, as it says or should say; save it again, as UTF-8"
        ) from error


def _xml(text: str) -> Element:
    if "<!ENTITY" in text:
        raise UnreadableTuneError("it declares XML entities, which MusicXML has no use for")
    try:
        found = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise UnreadableTuneError(
            f"it is not well-formed XML: line {line}, column {column + 1}: "
            f"{expat.ErrorString(error.code)}; export it again"
        ) from error
    for element in found.iter():
        element.tag = element.tag.rpartition("}")[2]
    return found
