"""The command ``nottingham``, also ``python -m nottingham``."""

import argparse
import io
import os
import sys
import warnings
from typing import Any

from nottingham.cli import evaluate, generate, listening_results, rewrite
from nottingham.errors import InputError


def main() -> None:
    """Run the command named on the command line; a mistake there is a message and status 1."""
    parser = argparse.ArgumentParser(
        prog="nottingham", description="New folk tunes, from models trained on old ones."
    )
    commands = parser.add_subparsers(title="commands", required=True)
    generate.add_to(commands)
    rewrite.add_to(commands)
    evaluate.add_to(commands)
    listening_results.add_to(commands)
    chosen = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # titles and bars, in a terminal without UTF-8
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _warn
            chosen.run(chosen)
            sys.stdout.flush()
    except BrokenPipeError:  # as of `nottingham evaluate my.abc | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except InputError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error}; make room, give access, or name another place")
    except KeyboardInterrupt:
        sys.exit(130)


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning without Python's own words around it."""
    print(f"warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
