"""Remotes that fail: DVC says what is wrong, and nothing that was there is lost."""

import pytest
import requests

from tests.remotes.repository import KEYS, clone, dvc, fails, remote_at
from tests.test_pipeline import outputs

pytestmark = pytest.mark.slow


def test_a_missing_object_is_named_and_nothing_is_lost(repository, tmp_path):
    dvc(repository, *remote_at(tmp_path / "storage"), "push")
    objects = {p.stat().st_size: p for p in (tmp_path / "storage").rglob("*") if p.is_file()}
    objects[(repository / "data" / "windows.npz").stat().st_size].unlink()
    second = clone(repository, tmp_path / "second")
    message = fails(second, *remote_at(tmp_path / "storage"), "pull")
    assert "data/windows.npz" in message
    there = outputs(second)
    assert there.items() < outputs(repository).items()
    assert "data/tunes.jsonl" in there
    assert "data/windows.npz" not in there
    assert "Running stage 'window'" in dvc(second, "repro")
    assert outputs(second) == outputs(repository)


def test_a_remote_that_is_gone_is_an_error_and_nothing_is_lost(repository, server, tmp_path):
    before = outputs(repository)
    bucket = remote_at("s3://nothing/store", endpointurl=server, **KEYS)
    assert "The specified bucket does not exist" in fails(repository, *bucket, "push")
    assert outputs(repository) == before
    second = clone(repository, tmp_path / "second")
    message = fails(second, *remote_at(tmp_path / "gone"), "pull")
    for path in ("data/raw", "data/tunes.jsonl", "data/windows.npz"):
        assert f"\n{path}\n" in message


def test_wrong_credentials_are_an_error_and_nothing_is_lost(repository, server, tmp_path):
    before = outputs(repository)
    requests.post(f"{server}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
    try:
        remote = remote_at("s3://tunes/store", endpointurl=server, **KEYS)
        assert "Forbidden" in fails(repository, *remote, "push")
        second = clone(repository, tmp_path / "second")
        assert "Forbidden" in fails(second, *remote, "pull")
    finally:
        requests.post(f"{server}/moto-api/reset-auth", data="inf", timeout=10)
    assert outputs(repository) == before
