"""Every kind of bad archive is refused with a message, and what is good comes out whole."""

import gzip
import hashlib
import io
import tarfile

import pytest

from nottingham.corpus import archive
from nottingham.corpus.archive import read_verified
from nottingham.errors import InputError

FILES = {"ABC/a.abc": b"X:1\n", "MIDI/a.mid": b"MThd"}
HASHES = {path: hashlib.sha256(content).hexdigest() for path, content in FILES.items()}


def member(name, content=b"", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, content


def pack(path, *extra, files=FILES, top="corpus-1"):
    with tarfile.open(path, "w:gz") as tar:
        members = [member(f"{top}/{name}", content) for name, content in files.items()]
        for info, content in [*members, *extra]:
            tar.addfile(info, io.BytesIO(content))
    return path


def test_the_listed_files_come_out(tmp_path):
    source = pack(tmp_path / "a.tar.gz", member("corpus-1/README", b"not listed"))
    assert dict(read_verified(source, HASHES)) == FILES


def test_a_folder_does_as_well(tmp_path):
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert dict(read_verified(tmp_path, HASHES)) == FILES


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (member("/etc/passwd", b"x"), "leaves the archive"),
        (member("corpus-1/../../x", b"x"), "leaves the archive"),
        (member("corpus-1\\..\\x", b"x"), "leaves the archive"),
        (member("corpus-1/l", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "link or device"),
        (member("corpus-1/l", type=tarfile.LNKTYPE, linkname="corpus-1/ABC/a.abc"), "link or"),
        (member("corpus-1/d", type=tarfile.CHRTYPE), "link or device"),
        (member("corpus-1/p", type=tarfile.FIFOTYPE), "link or device"),
        (member("other/x", b"x"), "more than one top folder"),
    ],
)
def test_a_hostile_member_is_refused(tmp_path, extra, message):
    with pytest.raises(InputError, match=message):
        list(read_verified(pack(tmp_path / "a.tar.gz", extra), HASHES))


def test_a_bomb_is_refused_before_it_is_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 2**20)
    path = tmp_path / "bomb.tar.gz"
    with gzip.open(path, "wb") as out:
        info = tarfile.TarInfo("corpus-1/zeros")
        info.size = 2**30
        out.write(info.tobuf())
        for _ in range(16):
            out.write(bytes(2**20))
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        list(read_verified(path, HASHES))


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    with pytest.raises(InputError, match="more than 1 members"):
        list(read_verified(pack(tmp_path / "a.tar.gz"), HASHES))


@pytest.mark.parametrize("keep", [0, 10, -20])
def test_a_truncated_archive_is_refused(tmp_path, keep):
    path = pack(tmp_path / "a.tar.gz")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"a\.tar\.gz: "):
        list(read_verified(path, HASHES))


def test_flipped_bytes_are_refused(tmp_path):
    path = pack(tmp_path / "a.tar.gz")
    for place in range(12, path.stat().st_size, 7):
        damaged = bytearray(path.read_bytes())
        damaged[place] ^= 0xFF
        other = tmp_path / "damaged.tar.gz"
        other.write_bytes(damaged)
        try:
            found = dict(read_verified(other, HASHES))
        except InputError:
            continue
        assert found == FILES  # a byte that nobody reads


@pytest.mark.parametrize(
    "content", [b"<html>sign in to this hotel's network</html>", b"PK\x03\x04"]
)
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"not a \.tar\.gz archive"):
        list(read_verified(path, HASHES))


def test_another_version_of_a_file_is_refused(tmp_path):
    path = pack(tmp_path / "a.tar.gz", files=FILES | {"ABC/a.abc": b"X:2\n"})
    with pytest.raises(InputError, match=r"ABC/a\.abc differs"):
        list(read_verified(path, HASHES))


def test_a_missing_file_is_named(tmp_path):
    path = pack(tmp_path / "a.tar.gz", files={"ABC/a.abc": FILES["ABC/a.abc"]})
    with pytest.raises(InputError, match=r"1 of 2 files are missing, the first is MIDI/a\.mid"):
        list(read_verified(path, HASHES))


def test_a_link_in_a_folder_is_refused(tmp_path):
    (tmp_path / "ABC").mkdir()
    (tmp_path / "ABC" / "a.abc").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match="a link"):
        list(read_verified(tmp_path, HASHES))


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(InputError, match="no such archive or folder"):
        list(read_verified(tmp_path / "nowhere.tar.gz", HASHES))
