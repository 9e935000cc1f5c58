"""Every kind of bad archive is refused with a message, and what is good comes out whole."""

import gzip
import hashlib
import io
import os
import random
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
        (member("corpus-1/b", type=tarfile.BLKTYPE), "link or device"),
        (member("corpus-1/l", type=tarfile.SYMTYPE, linkname="../ABC/a.abc"), "link or device"),
        (member("corpus-1/..", type=tarfile.DIRTYPE), "leaves the archive"),
        (member("../corpus-1/x", b"x"), "leaves the archive"),
        (member("other/x", b"x"), "more than one top folder"),
        (member("corpus-1\nx/y", b"x"), "more than one top folder"),
        (member("Corpus-1/x", b"x"), "more than one top folder"),
    ],
)
def test_a_hostile_member_is_refused(tmp_path, extra, message):
    with pytest.raises(InputError, match=message):
        list(read_verified(pack(tmp_path / "a.tar.gz", extra), HASHES))


def test_a_bomb_is_refused_before_it_is_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 2**20)
    path = tmp_path / "bomb.tar.gz"
    zeros = [member(f"corpus-1/{i}", bytes(2**19)) for i in range(16)]
    pack(path, *zeros)
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        list(read_verified(path, HASHES))


def repack(path, raw):
    path.write_bytes(gzip.compress(raw, compresslevel=1))
    return path


def test_a_file_of_holes_is_refused_before_it_is_in_memory(tmp_path):
    """512 bytes that claim to be a terabyte of zeros, in GNU's old format for sparse files."""
    info = tarfile.TarInfo("corpus-1/zeros")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 512
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (0, 512)  # the one place with data
    header[483:495] = b"%011o\0" % 2**32
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(InputError, match="a file with holes"):
        list(read_verified(repack(tmp_path / "a.tar.gz", bytes(header) + bytes(1536)), HASHES))


def test_a_file_that_claims_too_much_is_refused_before_it_is_read(tmp_path):
    info = tarfile.TarInfo("corpus-1/zeros")
    info.size = archive.MAX_UNPACKED_BYTES + 1
    with pytest.raises(InputError, match="'corpus-1/zeros' is of 268,435,457 bytes"):
        list(read_verified(repack(tmp_path / "a.tar.gz", info.tobuf()), HASHES))


def test_headers_about_headers_are_refused(tmp_path):
    """Each global header is read by the reading of the one before it."""
    info = tarfile.TarInfo("corpus-1/x")
    info.type, info.size = tarfile.XGLTYPE, 0
    with pytest.raises(InputError, match=r"damaged, truncated or not a \.tar\.gz"):
        list(read_verified(repack(tmp_path / "a.tar.gz", info.tobuf() * 5_000), HASHES))


@pytest.mark.parametrize(
    "name", ["x" * 5_000, "a\nb", "a\x00b", "a\x1b[2J", "abc/A.ABC", "ABC/a.abc ", "‮cba", "é" * 90]
)
def test_names_that_are_not_listed_stay_where_they_are(tmp_path, name):
    source = pack(tmp_path / "a.tar.gz", member(f"corpus-1/{name}", b"X:9\n"))
    assert dict(read_verified(source, HASHES)) == FILES


@pytest.mark.parametrize("content", [b"X:1\n", b"X:2\n"])
def test_a_listed_name_that_comes_twice_counts_once(tmp_path, content):
    source = pack(tmp_path / "a.tar.gz", member("corpus-1/ABC/a.abc", content))
    assert list(read_verified(source, HASHES)) == list(FILES.items())


def test_headers_of_nonsense_are_refused(tmp_path):
    """Bytes changed before the archive is packed: nothing but the tar format notices."""
    draw = random.Random(1)
    whole = gzip.decompress(pack(tmp_path / "a.tar.gz").read_bytes())
    refused = 0
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(512 * len(FILES) * 2)
            raw[place] = draw.randrange(256)
            header = place // 512 * 512
            raw[header + 148 : header + 156] = b" " * 8  # as if it were meant
            checksum = b"%06o\0 " % sum(raw[header : header + 512])
            raw[header + 148 : header + 156] = checksum
        try:
            found = dict(read_verified(repack(tmp_path / "b.tar.gz", bytes(raw)), HASHES))
        except InputError:
            refused += 1
        else:
            assert found == FILES
    assert refused > 30


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


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"", mtime=0), gzip.compress(b"X:1\n" * 300, mtime=0), b"\x1f\x8b"],
    ids=["nothing", "a file", "no whole header"],
)
def test_a_gzip_without_an_archive_is_refused(tmp_path, content):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.tar\.gz: "):
        list(read_verified(path, HASHES))


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.tar.gz")
    with pytest.raises(InputError, match="a pipe or device"):
        list(read_verified(tmp_path / "a.tar.gz", HASHES))


def test_a_file_of_a_folder_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "ABC").mkdir()
    with (tmp_path / "ABC" / "a.abc").open("wb") as file:
        file.truncate(archive.MAX_UNPACKED_BYTES + 1)
    with pytest.raises(InputError, match=r"'ABC/a\.abc' is of 268,435,457 bytes"):
        list(read_verified(tmp_path, HASHES))


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(InputError, match="no such archive or folder"):
        list(read_verified(tmp_path / "nowhere.tar.gz", HASHES))
