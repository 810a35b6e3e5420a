"""Build NumPy for Pyodide, from PyPI's source with Debian's emscripten.

PyPI takes wheels for Emscripten, but NumPy publishes none yet, and npm's
``pyodide`` holds the interpreter and the standard library alone. So this
compiles NumPy 2.2.6 for ``pyodide@0.29.5`` (CPython 3.13, the ABI of
emscripten 4.0.9) with what pip and apt bring and nothing else. On Debian 12,
after ``apt-get update`` and with ``node`` on the path, say

    python build.py FOLDER

with a CPython 3.13 that has its headers (in
``sysconfig.get_path("include")``). FOLDER is new or empty and takes 2 GB;
Debian's packages are unpacked there, so nothing is installed and root isn't
needed. After some minutes there is ``FOLDER/numpy.zip``, to be unpacked into
Pyodide's site-packages, and its SHA-256 is printed: the same versions give
the same bytes, whatever FOLDER is.

Debian's emscripten is older than Pyodide's. What differs and matters is set
right here: ``time_t`` gets 64 bits, CPython's ``pyconfig.h`` says that
pointers have 32, and each extension becomes a side module that exports its
``PyInit_...`` alone (emcc.py). NumPy's own plain C stands in for BLAS,
LAPACK and SIMD. Tests, headers and type stubs are left out.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

VERSION = "2.2.6"
SDIST_SHA256 = (
    "e29554e2bef54a90aa5cc07da6ce955accb83f21ab5de01a62c8478897b264fd"
)
TOOLS = ["cython==3.1.8", "ninja==1.13.2"]
COMPILER = """emscripten=3.1.6~dfsg-5 binaryen clang-14 lld-14 llvm-14
    libclang-common-14-dev libclang-cpp14 libclang1-14 libllvm14 libz3-4
    libedit2 libbsd0 libmd0 libxml2 libicu72 node-acorn node-xtend"""
OPTIONS = """-Dbuildtype=release -Dallow-noblas=true -Dblas=none -Dlapack=none
    -Dcpu-baseline=none -Dcpu-dispatch=none -Ddisable-optimization=true
    -Ddisable-highway=true -Ddisable-intel-sort=true -Ddisable-svml=true"""
FOUR_BYTES = "(?:SIZE|ALIGN)OF_(?:LONG|SIZE_T|VOID_P|UINTPTR_T|PTHREAD_T)"
HOST_SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")
TARGET_SUFFIX = ".cpython-313-wasm32-emscripten.so"
LEFT_OUT = re.compile(
    r"/tests/|conftest\.py|/_pyinstaller/|mypy_plugin|(_tests|_simd)\.cpython"
    r"|\.(pyi|pxd|[hcaf]|f90|ini|cfg|pc)$"
)
KEPT = "/_core/tests/_natype.py"  # numpy.testing imports it
BACKEND = """
from pathlib import Path

def prepare_metadata_for_build_wheel(folder, settings=None):
    info = Path(folder, "numpy-{0}.dist-info")
    info.mkdir()
    metadata = "Metadata-Version: 2.1\\nName: numpy\\nVersion: {0}\\n"
    info.joinpath("METADATA").write_text(metadata)
    return info.name
"""
CROSS = """
[binaries]
c = ['{python}', '{wrapper}', 'emcc']
cpp = ['{python}', '{wrapper}', 'em++']
ar = ['{python}', '{wrapper}', 'emar']
ranlib = ['{python}', '{wrapper}', 'emranlib']
exe_wrapper = '{node}'
pkg-config = 'false'
cython = '{folder}/venv/bin/cython'
python = '{folder}/venv/bin/python'

[properties]
needs_exe_wrapper = true
skip_sanity_check = true
longdouble_format = 'IEEE_QUAD_LE'

[host_machine]
system = 'emscripten'
cpu_family = 'wasm32'
cpu = 'wasm'
endian = 'little'

[built-in options]
c_args = ['-fPIC', '-I{folder}/include']
cpp_args = ['-fPIC', '-I{folder}/include']
"""
EMSCRIPTEN = """
EMSCRIPTEN_ROOT = '{root}/share/emscripten'
LLVM_ROOT = '{root}/lib/llvm-14/bin'
BINARYEN_ROOT = '{root}'
NODE_JS = '{node}'
CACHE = '{root}/share/emscripten/cache'
FROZEN_CACHE = True
LLVM_ADD_VERSION = ''
CLANG_ADD_VERSION = ''
"""


def run(place: Path, *command: str | Path) -> None:
    """Run a command in a folder; it is an error if it fails."""
    subprocess.run(command, cwd=place, check=True)


def substitute(file: Path, pattern: str, replacement: str) -> None:
    """Replace each match in a file; it is an error if there is none."""
    text = file.read_text(encoding="utf-8")
    text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    if not count:
        sys.exit(f"{file} has no {pattern}")
    file.write_text(text, encoding="utf-8")


def fetch_compiler(folder: Path) -> Path:
    """Unpack Debian's emscripten and LLVM below the folder; say where."""
    debs, root = folder / "debs", folder / "root"
    debs.mkdir()
    run(debs, "apt-get", "-qq", "download", *COMPILER.split())
    for deb in sorted(debs.iterdir()):
        run(folder, "dpkg", "-x", deb, root)
    types = (
        root / "usr/share/emscripten/cache/sysroot/include/bits/alltypes.h"
    )
    substitute(types, "^typedef long time_t;", "typedef long long time_t;")
    return root / "usr"


def fetch_source(folder: Path) -> Path:
    """Download and unpack NumPy's source, its hash checked; say where."""
    # pip asks the build backend for metadata, and the real one would compile
    stub, pin = folder / "stub", folder / "numpy.txt"
    stub.mkdir()
    stub.joinpath("mesonpy.py").write_text(
        BACKEND.format(VERSION), encoding="utf-8"
    )
    pin.write_text(
        f"numpy=={VERSION} --hash=sha256:{SDIST_SHA256}\n",
        encoding="utf-8",
    )
    pip = (
        "env",
        f"PYTHONPATH={stub}",
        folder / "venv/bin/pip",
        "-q",
        "download",
    )
    how = (
        "--no-deps",
        "--no-binary=:all:",
        "--no-build-isolation",
        "-r",
        pin,
    )
    run(folder, *pip, *how)
    with tarfile.open(folder / f"numpy-{VERSION}.tar.gz") as archive:
        archive.extractall(folder / "src", filter="data")
    return folder / f"src/numpy-{VERSION}"


def compile_modules(folder: Path, source: Path) -> Path:
    """Let Meson and Ninja make what the zip needs; give the build folder."""
    build, tools = folder / "build", folder / "venv/bin"
    meson, cross = (
        source / "vendored-meson/meson/meson.py",
        folder / "cross.ini",
    )
    setup = (
        tools / "python",
        meson,
        "setup",
        source,
        build,
        "--cross-file",
        cross,
    )
    run(folder, *setup, *OPTIONS.split())
    planned = contents(build).values()
    made = [
        file for file in planned if file.suffix == ".so" or not file.exists()
    ]
    targets = [file.relative_to(build) for file in made]
    run(build, tools / "ninja", f"-j{os.cpu_count()}", *targets)
    return build


def contents(build: Path) -> dict[str, Path]:
    """Give the files for site-packages by their names, from Meson's plan."""
    plan = json.loads(
        (build / "meson-info/intro-install_plan.json").read_text(
            encoding="utf-8"
        )
    )
    files: dict[str, Path] = {}
    for source, entry in [
        pair for part in plan.values() for pair in part.items()
    ]:
        path, place = Path(source), entry["destination"]
        if path.is_dir():
            inside = [file for file in path.rglob("*") if file.is_file()]
            files |= {
                f"{place}/{file.relative_to(path)}": file for file in inside
            }
        else:
            files[place] = path
    return {
        name.partition("/")[2].replace(HOST_SUFFIX, TARGET_SUFFIX): file
        for name, file in files.items()
        if name.startswith("{py_")
        and (KEPT in name or not LEFT_OUT.search(name))
    }


def pack(archive: Path, files: dict[str, bytes]) -> str:
    """Write a zip that depends on the files alone; give its SHA-256."""
    with zipfile.ZipFile(archive, "w") as written:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            written.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def main(folder: Path) -> None:
    """Build NumPy in the folder."""
    node = shutil.which("node")
    if sys.version_info[:2] != (3, 13) or not node:
        sys.exit(
            "this needs Node.js, and CPython 3.13 to run it, as in Pyodide"
        )
    folder.mkdir(parents=True, exist_ok=True)
    venv.create(folder / "venv", with_pip=True)
    run(folder, folder / "venv/bin/pip", "-q", "install", *TOOLS)
    root = fetch_compiler(folder)
    source = fetch_source(folder)
    headers = sysconfig.get_path("include")
    shutil.copytree(headers, folder / "include")
    substitute(folder / "include/pyconfig.h", f"({FOUR_BYTES}) 8$", r"\1 4")

    wrapper = Path(__file__).resolve().with_name("emcc.py")
    python = sys.executable
    cross = CROSS.format(
        folder=folder, node=node, python=python, wrapper=wrapper
    )
    (folder / "cross.ini").write_text(cross, encoding="utf-8")
    config = EMSCRIPTEN.format(node=node, root=root)
    (folder / "emscripten.cfg").write_text(config, encoding="utf-8")
    os.environ |= {
        "EM_CONFIG": f"{folder}/emscripten.cfg",
        "EMSCRIPTEN": f"{root}/share/emscripten",
        "HOST_INCLUDE": headers,
        "LD_LIBRARY_PATH": str(next(root.glob("lib/*-linux-gnu"))),
        "NODE_PATH": f"{root}/share/nodejs",
        "PATH": f"{folder}/venv/bin:{os.environ['PATH']}:{root}/bin",
        "PYTHONHASHSEED": "0",
        "TARGET_INCLUDE": f"{folder}/include",
    }
    build = compile_modules(folder, source)

    info = f"numpy-{VERSION}.dist-info"
    files = {
        "numpy/_core/tests/__init__.py": b"",
        f"{info}/METADATA": (source / "PKG-INFO").read_bytes(),
        f"{info}/licenses/LICENSE.txt": (source / "LICENSE.txt").read_bytes(),
    }
    # what this module tells of the build would differ from folder to folder
    private = "|".join(
        map(re.escape, (f"{folder}/", f"{python}, {wrapper}, "))
    )
    substitute(build / "numpy/__config__.py", private, "")
    for name, file in contents(build).items():
        files[name] = file.read_bytes()
    sys.stdout.write(f"{pack(folder / 'numpy.zip', files)}  numpy.zip\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
