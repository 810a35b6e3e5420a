"""The compiler that Meson sees: emcc and its like, arguments adapted.

Meson and Ninja start ``python emcc.py TOOL ARGUMENTS`` for build.py, which
gives the folders by environment variables. CPython's headers are swapped for
the copy adapted to WebAssembly, linker options for ELF are dropped, and a
shared library becomes a side module that exports only its ``PyInit_...``.
"""

import os
import sys
from pathlib import Path

ELF_ONLY = ("-Wl,--start-group", "-Wl,--end-group")


def adapt(arguments: list[str]) -> list[str]:
    """Give the arguments that emscripten needs instead of these."""
    headers = {
        f"-I{os.environ['HOST_INCLUDE']}": f"-I{os.environ['TARGET_INCLUDE']}"
    }
    adapted = [
        headers.get(word, word) for word in arguments if word not in ELF_ONLY
    ]
    if "-shared" not in adapted:
        return adapted
    module = Path(adapted[adapted.index("-o") + 1]).name.split(".")[0]
    return [
        *(word for word in adapted if word != "-shared"),
        "-O2",
        "-sSIDE_MODULE=2",
        "-sWASM_BIGINT",
        "-sERROR_ON_UNDEFINED_SYMBOLS=0",
        f"-sEXPORTED_FUNCTIONS=['_PyInit_{module}']",
    ]


if __name__ == "__main__":
    tool = f"{os.environ['EMSCRIPTEN']}/{sys.argv[1]}.py"
    os.execv(sys.executable, [sys.executable, tool, *adapt(sys.argv[2:])])
