"""The command ``nottingham``, also ``python -m nottingham``."""

import argparse
import sys
import warnings
from typing import Any

from nottingham.cli import evaluate, generate, listening_results
from nottingham.errors import InputError


def main() -> None:
    """Run the command named on the command line; a mistake there is a message and status 1."""
    parser = argparse.ArgumentParser(
        prog="nottingham", description="New folk tunes, from models trained on old ones."
    )
    commands = parser.add_subparsers(title="commands", required=True)
    generate.add_to(commands)
    evaluate.add_to(commands)
    listening_results.add_to(commands)
    chosen = parser.parse_args()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _warn
            chosen.run(chosen)
    except (InputError, OSError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    """Tell of a warning without Python's own words around it."""
    print(f"warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
