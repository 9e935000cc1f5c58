"""What a user reads when a training cannot begin or go on.

Wording decides no result, so DVC's dependencies leave this module out.
"""

from pathlib import Path

from nottingham.errors import InputError


def too_short(name: str, part: str, tokens: int) -> InputError:
    """Return the error for a part of the split in which no tune is as long as a segment."""
    return InputError(
        f"train.{name}: no tune of the {part} part has {tokens} tokens; use a larger corpus, "
        f"another window.seed or a smaller train.{name}.segment"
    )


def diverged(name: str, *, epoch: int, where: str, rate: float, kept_in: Path | None) -> InputError:
    """Return the error for a loss that is no longer a number.

    Args:
        name: the network's.
        epoch: the one under way.
        where: the loss that it was.
        rate: the learning rate.
        kept_in: where the best model so far is; None: there is none.
    """
    kept = f"; the best model so far is in {kept_in}" if kept_in else ""
    return InputError(
        f"train.{name}: in epoch {epoch}, the loss of {where} is not a number; try a "
        f"train.{name}.learning_rate below {rate:g}{kept}"
    )
