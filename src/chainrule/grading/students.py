"""Who handed in what: a subfolder is a student, and so is a file that stands by itself."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ENDINGS = (".ipynb", ".py")
LARGEST = 20 * 2**20  # bytes of a file
MOST = 50  # files of a student


@dataclass
class Student:
    """A student, and what is there to be graded.

    Attributes
    ----------
    name : str
    files : dict of str to Path
        Notebooks and Python files, by their names inside the student's folder.
    notes : list of str
        What is not read, and why.
    """

    name: str
    files: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def copy_to(self, folder: Path) -> None:
        """Copy the files, and nothing that a student has put beside them."""
        for name, path in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)


def students(folder: Path) -> list[Student]:
    """Find the students in a folder.

    A subfolder is a student, with all its notebooks and Python files, at any depth. A file in the
    folder itself is the student of its name: ``ada.ipynb`` and ``ada.py`` are both Ada's. What is
    hidden is left out, and a link is not followed.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or nobody in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    found: dict[str, Student] = {}
    for path in sorted(folder.iterdir()):
        alone = not path.is_dir()
        if path.name.startswith((".", "__")) or (alone and path.suffix.lower() not in ENDINGS):
            continue
        key = path.stem if alone else path.name
        name = readable_name(key)
        while key not in found and any(name == other.name for other in found.values()):
            name += "?"
        student = found.setdefault(key, Student(name))
        for inner in [path] if alone else sorted(_inside(path)):
            _take(student, inner, readable_name(str(inner.relative_to(folder if alone else path))))
    if not found:
        raise FileNotFoundError(f"{folder}: no subfolder, notebook or Python file in it")
    return sorted(found.values(), key=lambda student: student.name)


def _inside(folder: Path) -> Iterator[Path]:
    """Yield all files in a folder, but for hidden ones; a link to a folder is one of them."""
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        yield from (Path(root) / name for name in files if not name.startswith("."))


def _take(student: Student, path: Path, name: str) -> None:
    if path.is_symlink() or not path.is_file():
        student.notes.append(f"{name}: no file but a link or a device, not read")
    elif not os.access(path, os.R_OK):
        student.notes.append(f"{name}: may not be read")
    elif path.suffix.lower() not in ENDINGS:
        student.notes.append(f"{name}: neither a notebook nor a Python file, not read")
    elif (size := path.stat().st_size) > LARGEST:
        student.notes.append(f"{name}: {size / 2**20:.0f} MiB, not read: more than 20")
    elif len(student.files) == MOST:
        student.notes.append(f"{name}: not read: more than {MOST} files")
    else:
        student.files[name] = path


def readable_name(name: str) -> str:
    r"""Give a file's name as text, whatever bytes it consists of.

    Examples
    --------
    >>> readable_name("ada\udcff\n")
    'ada\\xff?'
    """
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else "?" for c in text)
