"""What of a finished run travels from one results tree to another: all that is measured from it.

Weights and TensorBoard's events stay behind: tables, claims and most figures do without. The files
travel as they are, since the run's record vouches for their bytes.
"""

import lzma
import re
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ablate.errors import AblateError
from ablate.files import write_whole
from ablate.runs import history, predictions, record, steps
from ablate.runs.record import Record

FILES = (history.NAME, steps.NAME, predictions.NAME)
ARCHIVE = ".tar.xz"
# Of a published folder: runs.tar.xz, runs-2.tar.xz and so on.
PUBLISHED = re.compile(r"runs(-\d+)?\.tar\.xz")
# Nearly all of it is float32: a byte is told by its place among four, not by the byte before. A
# tenth smaller than by xz's own setting.
COMPRESSION = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 2}]


def pack(folders: Iterable[tuple[str, Path]], out: Path) -> None:
    """Write finished runs, each with its place, as a folder or (.tar.xz) as an archive."""
    if not out.name.endswith(ARCHIVE):
        for place, folder in folders:
            copy(folder, out / place)
        return
    with (
        write_whole(out) as draft,
        lzma.open(draft, "wb", filters=COMPRESSION) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for place, folder in folders:
            verify(folder)
            for name in (*FILES, record.NAME):
                archive.add(folder / name, f"{place}/{name}", filter=_bare)


def archives(source: Path) -> list[Path]:
    """The archives that hold the runs of `source`: it itself, or those of a published folder."""
    if not source.is_dir():
        return [source]
    return sorted(path for path in source.iterdir() if PUBLISHED.fullmatch(path.name))


@contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """The folder of `source`: a results tree, or what `pack` or `ablate publish` wrote.

    Raises:
        AblateError: it is neither, or an archive is damaged.
    """
    packed = archives(source)
    if not packed:
        yield source
        return
    with TemporaryDirectory() as folder:
        for path in packed:
            with _opened(path) as archive:
                archive.extractall(folder, filter="data")
        yield Path(folder)


def records(path: Path) -> dict[str, bytes]:
    """Place -> record of every run in an archive; a record vouches for the run's other files.

    Raises:
        AblateError: it is no archive, or a damaged one.
    """
    with _opened(path) as archive:
        members = (member for member in archive if member.name.endswith(f"/{record.NAME}"))
        return {str(Path(m.name).parent): archive.extractfile(m).read() for m in members}


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path) as archive:
            yield archive
            # Damage may look like the archive's end: what tells is the checksum of the whole.
            while archive.fileobj.read(2**20):
                pass
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
        raise AblateError(f"{path} is no folder and no archive of runs: {error}") from error


def verify(folder: Path) -> Record:
    """The record of a run whose travelling files are what it says."""
    for name in FILES:
        record.verified(folder, name)
    return Record.read(folder)


def copy(source: Path, target: Path) -> None:
    """Copy a finished run, its record last; what another training has left there goes before."""
    found = verify(source)
    for name in FILES:
        copy_file(source / name, target / name)
    for name in found.changed(target):
        (target / name).unlink(missing_ok=True)
    copy_file(source / record.NAME, target / record.NAME)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with write_whole(target) as draft:
        shutil.copyfile(source, draft)


def _bare(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what tells of the machine: equal runs give equal archives."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    member.mode = 0o644
    return member
