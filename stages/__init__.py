"""One thin script for each stage of ``dvc.yaml``: settings, inputs, one call, outputs."""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NoReturn

from nottingham.errors import InputError

_INTERRUPTED = 130  # as shells have it for Ctrl-C
_GRACE_SECONDS = 1.0
_STARTED_BY = os.getppid()  # asked at once: imports take seconds, in which DVC may be killed
_SET_BY_DVC = "DVC_STAGE"
_SECONDS_BETWEEN_LOOKS = 0.5


def run(stage: Callable[..., None], *, models: int | Literal["+"] = 0) -> None:
    """Run a stage; an error that the user can mend is a message and exit status 1.

    Args:
        stage: called with the models that the command line names.
        models: their number; "+": at least one.
    """
    named = _named(models)
    _heed_interrupts()
    if _SET_BY_DVC in os.environ:
        _end_with_dvc()
    try:
        stage(*named)
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error}; make room or give access, then go on: dvc repro")
    except KeyboardInterrupt:
        _leave()


def _named(models: int | Literal["+"]) -> list[str]:
    """Read the command line."""
    program = f"python -m stages.{Path(sys.argv[0]).stem}"
    parser = argparse.ArgumentParser(program, epilog="dvc.yaml has the whole command.")
    if models:
        parser.add_argument("models", nargs=models, metavar="MODEL", help="as in params.yaml")
    return list(vars(parser.parse_args()).get("models", []))


def _heed_interrupts() -> None:
    """Have Ctrl-C end the stage soon, even while a compiler runs."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def watch() -> None:
        while os.read(reader, 1)[0] != signal.SIGINT:
            pass
        time.sleep(_GRACE_SECONDS)
        _leave()

    def report(failure: Any) -> None:
        if not isinstance(failure.exc_value, KeyboardInterrupt):  # lost in a callback: see above
            sys.__unraisablehook__(failure)

    sys.unraisablehook = report
    threading.Thread(target=watch, daemon=True).start()


def _end_with_dvc() -> None:
    """End soon after DVC, should it be killed: the next run writes the same files, and by then
    perhaps with other settings.
    """

    def watch() -> None:
        while os.getppid() == _STARTED_BY:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        _leave()

    threading.Thread(target=watch, daemon=True).start()


def _leave() -> NoReturn:
    """End at once: to tear Python down while JAX still computes can crash the process."""
    print("\nstopped; to go on: dvc repro", file=sys.stderr, flush=True)
    os._exit(_INTERRUPTED)
