"""What a user reads when a model's folder or the devices are not as they should be.

Wording decides no result, so DVC's dependencies leave this module out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nottingham.errors import InputError

REMEDY = "dvc repro"
"""Makes a model again; only what changed is run."""


def no_settings(path: Path, error: Exception) -> InputError:
    """Return the error for settings that are none, or of an unknown representation."""
    return InputError(f"{path}: no settings of a model in it ({error!r}); make it again: {REMEDY}")


def other_representation(path: Path | str, own: Any, expected: Any) -> InputError:
    """Return the error for a model of another representation than the tunes'."""
    return InputError(
        f"{path}: a model of {own}, but the tunes are written as {expected}; make both of one "
        f"representation: {REMEDY}"
    )


def other_weights(path: Path, settings: str) -> InputError:
    """Return the error for weights whose hash is not the one in the settings."""
    return InputError(
        f"{path}: not the weights that {settings} was written with: damaged, missing, or of "
        f"another model; make the model again: {REMEDY}"
    )


def other_arrays(path: Path, found: Mapping[str, Any], expected: Mapping[str, Any]) -> InputError:
    """Return the error for arrays of other names or shapes than the settings ask for."""
    return InputError(
        f"{path}: its arrays {found} do not fit settings.json, which asks for "
        f"{dict(expected)}; make the model again: {REMEDY}"
    )


def no_numbers(path: Path, array: str) -> InputError:
    """Return the error for an array with infinities or NaN."""
    return InputError(f"{path}: {array} holds what is not a number; make the model again: {REMEDY}")


def no_device(given: str | None) -> InputError:
    """Return the error for a platform that JAX does not find."""
    return InputError(
        f"JAX finds no device: given JAX_PLATFORMS={given}; name one that is here, such as cpu, "
        "or leave it unset (a GPU needs one package more: docs/troubleshooting.md)"
    )


def cannot_join(error: Exception, processes: str, process: str) -> InputError:
    """Return the error for processes that do not find each other, by their variables."""
    return InputError(
        f"the processes cannot join: {error}; set JAX_COORDINATOR_ADDRESS to the host and port of "
        f"the first one, {processes} to their number and {process} to 0, 1, …, the same program "
        "and files in each (docs/scaling.md)"
    )


def uneven(batch: int, devices: int, processes: int) -> InputError:
    """Return the error for a batch that the devices of several processes cannot share evenly."""
    return InputError(
        f"a batch of {batch} cannot be split evenly over {devices} devices of {processes} "
        f"processes; make it a multiple of {devices}"
    )
