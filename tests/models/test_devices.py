"""Which devices a batch is split over."""

import jax
import pytest

from nottingham.errors import InputError
from nottingham.models import devices


@pytest.mark.parametrize(
    ("batch", "used"), [(64, 8), (65, 5), (32, 4), (20, 2), (16, 2), (15, 1), (7, 1), (1, 1)]
)
def test_as_many_as_divide_a_batch_and_have_rows_enough(batch, used):
    assert len(jax.devices()) == 8
    assert devices.mesh(batch).size == used


def test_several_processes_use_all_of_their_devices(monkeypatch):
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    assert devices.mesh(16).size == 8
    with pytest.raises(InputError, match="batch of 20 cannot be split evenly over 8 devices of 2"):
        devices.mesh(20)


def test_cores_are_counted_unless_their_number_is_given(monkeypatch):
    updates = {}
    monkeypatch.setattr(jax.config, "update", updates.__setitem__)
    monkeypatch.setattr(devices, "_cores", lambda: 6)
    monkeypatch.setenv("JAX_NUM_CPU_DEVICES", "1")
    devices.use_all_cores()
    assert updates == {}
    monkeypatch.delenv("JAX_NUM_CPU_DEVICES")
    devices.use_all_cores()
    assert updates == {"jax_num_cpu_devices": 6}


@pytest.mark.parametrize("variable", ["JAX_NUM_PROCESSES", "SLURM_STEP_NUM_TASKS"])
def test_a_single_process_joins_nothing(monkeypatch, variable):
    monkeypatch.setattr(jax.distributed, "initialize", lambda **_: pytest.fail("joined"))
    monkeypatch.setenv(variable, "1")
    devices.join()


def test_tasks_of_a_slurm_step_join_by_jax_s_own_detection(monkeypatch):
    given, updates = {}, {}
    monkeypatch.setattr(jax.distributed, "initialize", lambda **kw: given.update(kw))
    monkeypatch.setattr(jax.config, "update", updates.__setitem__)
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "4")
    devices.join()
    assert given == {"num_processes": None, "process_id": None}
    assert updates == {"jax_cpu_collectives_implementation": "gloo"}
