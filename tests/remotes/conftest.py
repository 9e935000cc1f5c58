"""What tests of remotes share: a repository, and an S3 server with a bucket."""

import logging

import pytest
import requests
import yaml
from moto.server import ThreadedMotoServer

from tests.remotes.repository import KEYS, make_repository, remote_at
from tests.test_pipeline import make_project


@pytest.fixture(scope="session")
def repository(tmp_path_factory):
    """The pipeline's own stages up to window, run on three tunes and committed."""
    folder = make_project(tmp_path_factory.mktemp("first") / "project")
    stages = yaml.safe_load((folder / "dvc.yaml").read_text())["stages"]
    few = {name: stages[name] for name in ("download", "parse", "window")}
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": few}))
    return make_repository(folder)


@pytest.fixture(scope="session")
def server():
    """The address of an S3 server on this machine, with a bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    requests.put(f"{url}/tunes", timeout=10).raise_for_status()
    yield url
    server.stop()


@pytest.fixture(params=["a folder", pytest.param("S3", marks=pytest.mark.slow)])
def remote(request, tmp_path):
    """The commands that add an empty remote."""
    if request.param == "a folder":
        return remote_at(tmp_path / "storage")
    return remote_at("s3://tunes/store", endpointurl=request.getfixturevalue("server"), **KEYS)
