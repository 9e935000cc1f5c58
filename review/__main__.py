"""Compare the working tree with the commit at which it left a branch.

``python -m review --base main`` prints what has changed of metrics, params and plots, in Markdown,
and writes the same to ``build/review/review.md``, with the plots side by side in
``build/review/plots/index.html``. Continuous integration makes a comment of it. Nothing is
computed: all that is compared is committed, or lies in the working tree.
"""

import argparse
import shutil
from pathlib import Path

from nottingham.errors import exit_on_error
from nottingham.files import write_text
from review.changes import Changes, branched_off, draw_plots
from review.text import markdown

FOLDER = Path("build/review")


def main() -> None:
    """Compare, write, print."""
    parser = argparse.ArgumentParser(prog="python -m review", description=__doc__)
    parser.add_argument("--base", required=True, help="a branch or commit")
    base = branched_off(parser.parse_args().base)
    changes = Changes.since(base)
    text = markdown(changes)
    shutil.rmtree(FOLDER, ignore_errors=True)
    write_text(FOLDER / "review.md", text)
    draw_plots(base, FOLDER / "plots")
    print(text)


if __name__ == "__main__":
    with exit_on_error():
        main()
