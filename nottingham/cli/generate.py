"""``nottingham generate``: new tunes, from a beginning or from nothing, as files to open."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from nottingham import corpus
from nottingham.cli.project import Project, add_model
from nottingham.corpus import keys
from nottingham.corpus.tune import Tune, measure_length
from nottingham.encoding import vocabulary
from nottingham.errors import InputError
from nottingham.generation import compose, formats
from nottingham.generation.compose import Request
from nottingham.generation.constraints import Constraints
from nottingham.models import devices
from nottingham.models.choice import Choice

_FORMATS = "mid,abc,musicxml,wav,svg"
_EXAMPLES = """\
examples:
  nottingham generate --bars 16 --meter 6/8 --key D        a jig in D, from nothing
  nottingham generate --primer my.abc --bars 32 --count 5  five ways on from your own beginning
  nottingham generate --temperature 0.8 --end-on-tonic --key Em
"""


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "generate",
        help="write new tunes",
        description="Write new tunes and save them as MIDI, ABC, MusicXML, sound and score.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    what = parser.add_argument_group("the tune")
    what.add_argument(
        "--primer",
        type=Path,
        metavar="FILE",
        help="a beginning to go on from: ABC, MIDI or MusicXML",
    )
    what.add_argument(
        "--bars", type=int, default=16, help="measures in all, the beginning's included (16)"
    )
    what.add_argument("--meter", default="", help="as in 6/8; a beginning keeps its own")
    what.add_argument(
        "--key",
        default="",
        help="as in D, Em or 'A dorian': only its notes are written; a beginning is moved to it",
    )
    what.add_argument(
        "--range",
        default="",
        metavar="LOW-HIGH",
        help="as in A3-B5: the lowest and the highest note",
    )
    what.add_argument(
        "--end-on-tonic",
        action="store_true",
        help="let the last half measure be the tonic of the key",
    )
    how = parser.add_argument_group("how it is written")
    add_model(how)
    how.add_argument(
        "--temperature", type=float, default=1.0, help="below 1 safer, above 1 bolder (1)"
    )
    how.add_argument(
        "--top-k",
        type=int,
        default=vocabulary.SIZE,
        metavar="K",
        help="choose among the K likeliest notes only",
    )
    how.add_argument(
        "--top-p",
        type=float,
        default=1.0,
        metavar="P",
        help="choose among the likeliest notes that together have probability P",
    )
    how.add_argument("--seed", type=int, default=1, help="the same seed writes the same tune (1)")
    files = parser.add_argument_group("files")
    files.add_argument("--count", type=int, default=1, help="how many tunes (1)")
    files.add_argument(
        "--formats", default=_FORMATS, help=f"some of {', '.join(formats.FORMATS)} ({_FORMATS})"
    )
    files.add_argument(
        "--out",
        type=Path,
        default=Path("tunes"),
        metavar="FOLDER",
        help="where to put them (tunes)",
    )


def run(chosen: argparse.Namespace) -> None:
    """Write the tunes, and name each file."""
    request, endings = _request(chosen), _endings(chosen.formats)
    devices.use_all_cores()
    project = Project(chosen.project)
    model, streams = project.model(chosen.model), project.streams
    steps = streams.steps_per_measure
    if chosen.primer:
        tunes = compose.from_primer(model, _primer(chosen.primer), request, steps_per_measure=steps)
    else:
        meters = project.meters(streams)
        tunes = compose.from_nothing(model, meters, request, steps_per_measure=steps)
    name = Path(chosen.model).name
    for number, tune in enumerate(tunes, start=1):
        tune = replace(
            tune,
            id=f"{name}-{chosen.seed}-{number}",
            title=f"Tune {number} by {name}, seed {chosen.seed}",
            source=name,
        )
        paths = formats.write(tune, chosen.out / tune.id, endings)
        print(f"{tune.title}: {tune.meter}, {tune.key}")
        print("".join(f"  {path}\n" for path in paths), end="")


def _request(chosen: argparse.Namespace) -> Request:
    for name, least, most in (
        ("bars", 2, 512),
        ("count", 1, 10_000),
        ("top_k", 1, vocabulary.SIZE),
    ):
        if not least <= getattr(chosen, name) <= most:
            option = name.replace("_", "-")
            raise InputError(
                f"--{option} {getattr(chosen, name)}: from {least} to {most:,}, please"
            )
    if not 0 < chosen.temperature <= 100:
        raise InputError(f"--temperature {chosen.temperature:g}: above 0 and at most 100, please")
    if not 0 < chosen.top_p <= 1:
        raise InputError(f"--top-p {chosen.top_p:g}: above 0 and at most 1, please")
    if chosen.seed < 0:
        raise InputError(f"--seed {chosen.seed}: 0 or more, please")
    lowest, highest = _range(chosen.range)
    return Request(
        bars=chosen.bars,
        count=chosen.count,
        seed=chosen.seed,
        meter=_meter(chosen.meter),
        constraints=Constraints(
            key=keys.read(chosen.key) if chosen.key else "",
            lowest=lowest,
            highest=highest,
            ends_on_tonic=chosen.end_on_tonic,
        ),
        choice=Choice(chosen.temperature, chosen.top_k, chosen.top_p),
    )


def _meter(text: str) -> str:
    try:
        if text:
            measure_length(text)
        return text
    except ValueError as error:
        raise InputError(f"--meter {text}: write it as in 6/8") from error


def _range(text: str) -> tuple[int, int]:
    if not text:
        return vocabulary.LOWEST_PITCH, vocabulary.HIGHEST_PITCH
    low, _, high = text.partition("-")
    try:
        found = keys.pitch(low), keys.pitch(high)
    except ValueError as error:
        raise InputError(
            f"--range {text}: write the lowest and the highest note, as in A3-B5 (C4 is middle C)"
        ) from error
    if not vocabulary.LOWEST_PITCH <= found[0] <= found[1] <= vocabulary.HIGHEST_PITCH:
        raise InputError(f"--range {text}: from low to high, on a piano: A0-C8")
    return found


def _endings(text: str) -> list[str]:
    endings = [ending.strip().lstrip(".").lower() for ending in text.split(",") if ending.strip()]
    if unknown := sorted(set(endings) - set(formats.FORMATS)):
        raise InputError(
            f"--formats {unknown[0]}: there is no such format; there are: "
            f"{', '.join(formats.FORMATS)}"
        )
    return endings or _FORMATS.split(",")


def _primer(path: Path) -> Tune:
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    tunes = list(corpus.read(path))
    if len(tunes) != 1:
        raise InputError(f"{path}: it holds {len(tunes)} tunes; a beginning is one tune")
    return tunes[0]
