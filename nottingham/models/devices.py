"""The devices that a batch is split over: all that JAX sees, in one process or in several.

On a CPU every core is made a device, because the element-wise work of a recurrent step, unlike
its matrix products, runs on one core only.
"""

import os
from typing import Any

import jax
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from nottingham.models import errors

AXIS = "batch"
"""The name of the axis along which a batch is split."""

SPLIT, WHOLE = PartitionSpec(AXIS), PartitionSpec()

_LEAST_ROWS = 8
"""Rows of a batch below which another device costs more than it brings."""

_PROCESSES, _PROCESS = "JAX_NUM_PROCESSES", "JAX_PROCESS_ID"


def use_all_cores() -> None:
    """Make the CPU's cores devices, unless JAX_NUM_CPU_DEVICES says how many there are to be.

    To be called before JAX computes anything, and after `join`.

    Raises:
        InputError: if JAX_PLATFORMS asks for what this machine does not have.
    """
    if "JAX_NUM_CPU_DEVICES" not in os.environ:
        jax.config.update("jax_num_cpu_devices", _cores())
    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:  # the latter where JAX lacks a platform's part
        raise errors.no_device(os.environ.get("JAX_PLATFORMS")) from error


def _cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # on Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def join() -> None:
    """Join the other processes of the same training, if there are any.

    They find each other through JAX_COORDINATOR_ADDRESS, JAX_NUM_PROCESSES and JAX_PROCESS_ID, or
    as tasks of a SLURM step. To be called before JAX computes anything.

    Raises:
        InputError: if the variables contradict each other, or the others cannot be reached.
    """
    given = [os.environ.get(name) for name in (_PROCESSES, _PROCESS)]
    if (given[0] or os.environ.get("SLURM_STEP_NUM_TASKS", "1")) == "1":
        return
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        processes, process = [None if text is None else int(text) for text in given]
        jax.distributed.initialize(num_processes=processes, process_id=process)
    except (ValueError, RuntimeError) as error:
        raise errors.cannot_join(error, _PROCESSES, _PROCESS) from error


def first() -> bool:
    """Return whether this is the process that writes the results."""
    return jax.process_index() == 0


def mesh(batch: int) -> Mesh:
    """Return the devices over which a batch is split evenly.

    Raises:
        InputError: if there are several processes and the batch cannot be split over all devices.
    """
    devices = jax.devices()
    most = len(devices)
    if devices[0].platform == "cpu" and jax.process_count() == 1:
        most = max(1, min(most, batch // _LEAST_ROWS))
    used = next(count for count in range(most, 0, -1) if batch % count == 0)
    if used < len(devices) and jax.process_count() > 1:
        raise errors.uneven(batch, len(devices), jax.process_count())
    return jax.make_mesh((used,), (AXIS,), devices=devices[:used], axis_types=(AxisType.Auto,))


def place(value: Any, mesh: Mesh, spec: PartitionSpec = WHOLE) -> Any:
    """Put arrays on the devices, whole on each of them or split; every process gives the same."""
    return jax.device_put(value, NamedSharding(mesh, spec))


def describe(mesh: Mesh) -> str:
    """Name the devices, as in ``2 × cpu``: what decides the last digits of a training."""
    return f"{mesh.size} × {mesh.devices.flat[0].device_kind}"
