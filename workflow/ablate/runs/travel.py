"""What of a finished run travels from one results tree to another: all that is measured from it.

Weights stay behind, as most figures do without, and so do TensorBoard's events, but for runs whose
last weights a claim measures. Files travel as they are: the run's record vouches for their bytes.
"""

import lzma
import re
import shutil
import tarfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ablate.errors import AblateError
from ablate.files import write_whole
from ablate.runs import events, history, predictions, record, steps
from ablate.runs.record import Record

FILES = (history.NAME, steps.NAME, predictions.NAME)
ARCHIVE = ".tar.xz"
# Of a published folder: runs.tar.xz, runs-2.tar.xz and so on.
PUBLISHED = re.compile(r"runs(-\d+)?\.tar\.xz")
# Nearly all of it is float32: a byte is told by its place among four, not by the byte before. A
# tenth smaller than by xz's own setting.
COMPRESSION = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 2}]


class Packed(NamedTuple):
    """A run in an archive: its record, which vouches for its other files, and whether these hold
    its events."""

    record: bytes
    events: bool


def pack(folders: Iterable[tuple[str, Path]], out: Path, weighed: Container[str] = ()) -> None:
    """Write finished runs, each with its place, as a folder or (.tar.xz) as an archive.

    weighed: the places of the runs whose events come along, where they are there.
    """
    if not out.name.endswith(ARCHIVE):
        for place, folder in folders:
            copy(folder, out / place, place in weighed)
        return
    with (
        write_whole(out) as draft,
        lzma.open(draft, "wb", filters=COMPRESSION) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for place, folder in folders:
            for name in (*_files(folder, place in weighed), record.NAME):
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


def packed(path: Path) -> dict[str, Packed]:
    """Every run in an archive, by its place.

    Raises:
        AblateError: it is no archive, or a damaged one.
    """
    found, watched = {}, set()
    with _opened(path) as archive:
        # A run's record comes last.
        for member in archive:
            place, name = str(Path(member.name).parent), Path(member.name).name
            if name == events.NAME:
                watched.add(str(Path(place).parent))
            elif name == record.NAME:
                found[place] = Packed(archive.extractfile(member).read(), place in watched)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path) as archive:
            yield archive
            # Damage may look like the archive's end: what tells is the checksum of the whole.
            while archive.fileobj.read(2**20):
                pass
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
        # tarfile's own words list every kind of archive that it is not, on a line each.
        why = str(error).partition(":\n")[0]
        raise AblateError(f"{path} is no folder and no archive of runs: {why}") from error


def verify(folder: Path) -> Record:
    """The record of a run whose travelling files are what it says."""
    for name in FILES:
        record.verified(folder, name)
    return Record.read(folder)


def copy(source: Path, target: Path, weighed: bool = False) -> None:
    """Copy a finished run, its record last; what another training has left there goes before.

    weighed: whether its events come along, where they are there.
    """
    for name in _files(source, weighed):
        copy_file(source / name, target / name)
    for name in Record.read(source).changed(target):
        (target / name).unlink(missing_ok=True)
    copy_file(source / record.NAME, target / record.NAME)


def _files(folder: Path, weighed: bool) -> list[str]:
    """The files of a run that travel, each known to be what the record says."""
    verify(folder)
    if not (weighed and (folder / events.PATH).exists()):
        return [*FILES]
    record.verified(folder, events.PATH)
    return [*FILES, events.PATH]


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
