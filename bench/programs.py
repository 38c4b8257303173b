# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs that are measured, and their input: built with the SDK, made once."""

import os
import re
import subprocess
from pathlib import Path

from workloads import KERNELS, PACKAGES

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
FETCH = TOP / "toolchain" / "fetch"


def run(command, **kwargs):
    subprocess.run([str(word) for word in command], check=True, **kwargs)


def sdk_for(triple, sdk, work):
    """The SDK that has `triple`; sysroots that are missing are built beside the work."""
    options = []
    if "-measure-" in triple:
        overlay = work / "measure-sdk"
        run([HERE / triple.split("-")[0] / "measure" / "make-sdk", sdk, overlay])
        sdk, options = overlay, ["--c-only"]
    elif (sdk / "sysroot" / triple / "usr/lib/libc.a").exists():
        return sdk
    run([TOP / "sysroot" / "build-sysroot", f"--triple={triple}", f"--sdk={sdk}", f"--work={work}/sysroot/{triple}",
         *options])
    return sdk


def build(configuration, sdk, work, workloads):
    """Builds the programs of the workloads; programs_of() says where they are."""
    triple, flags = configuration.triple, f"-O2 {configuration.flags}".strip()
    folder = programs_of(configuration, work)
    wanted = {w.program for w in workloads}
    packages = [package for program, package in PACKAGES.items() if program in wanted]
    if packages:
        run([TOP / "tests/packages/package", "build", f"--sdk={sdk}", f"--work={folder.parent.parent}",
             f"--triple={triple}", f"--cflags={flags}", *packages])
    folder.mkdir(parents=True, exist_ok=True)
    for kernel in [k for k in KERNELS if k in wanted]:
        source, program = HERE / "kernels" / f"{kernel}.c", folder / kernel
        libc = sdk / "sysroot" / triple / "usr/lib/libc.a"
        if not program.exists() or program.stat().st_mtime < max(source.stat().st_mtime, libc.stat().st_mtime):
            run([sdk / "bin" / f"{triple}-clang", *flags.split(), "-o", program, source, "-lm"])


def programs_of(configuration, work):
    if configuration.flags:
        work = work / configuration.flags.strip("-")
    return work / configuration.triple / "bin"


# How inputs come from others; the program is one of those that are measured.
COMPRESSED = {"text.bz2": "bzip2 -9 -c", "large.gz": "minigzip -6", "large.lz4": "lz4 -q -1 -c",
              "large.zst": "zstd -q -3 -c", "large.xz": "xz -1 -c"}


def make_inputs(work, native, workloads, text_size, sql_rows):
    """Input files of the workloads by name; made once. native(NAME) is the command that runs a native program."""
    folder = work / "bench-input"
    files = {name: folder / name for name in ["text", "large", "bench.sql", *COMPRESSED]}
    for script in (TOP / "tests/packages/input").glob("*.lua"):
        files[script.name] = script
    if not files["bench.sql"].exists():
        folder.mkdir(exist_ok=True)
        text = b"".join(
            path.read_bytes()
            for source in ["lua", "zlib", "bzip2", "sqlite"]
            for path in sorted(Path(subprocess.check_output([FETCH, source], text=True).strip()).rglob("*.c"))
        )[:text_size]
        files["text"].write_bytes(text)
        # Not simply repeated: each copy has another byte exchanged.
        files["large"].write_bytes(b"".join(text.replace(b"et", bytes([c]) * 2) for c in b"abcdefgh"))
        script = (TOP / "tests/packages/input/script.sql").read_text()
        script = script.replace("i < 30000", f"i < {sql_rows}")
        # The mistakes that the test makes on purpose, and what needs a file.
        drop = ("SELECT * FROM missing", "INSERT INTO item (id", "PRAGMA wal", "PRAGMA journal", "VACUUM")
        files["bench.sql"].write_text("\n".join(l for l in script.splitlines() if not l.startswith(drop)) + "\n")
    wanted = {w.stdin for w in workloads} | {word for w in workloads for word in re.findall(r"{(.*?)}", w.arguments)}
    for name in wanted & set(COMPRESSED):
        if not files[name].exists():
            program, *options = COMPRESSED[name].split()
            with open(files[name], "wb") as out:
                run([*native(program), *options], stdin=open(files[name.rsplit(".", 1)[0]], "rb"), stdout=out)
    return files


def arguments_of(workload, inputs):
    """The words after the program's name."""
    return [word.format_map(Names(inputs)) for word in workload.arguments.split()]


def input_of(workload, inputs):
    return inputs[workload.stdin] if workload.stdin else os.devnull


class Names:
    """Lets str.format_map find names with dots in them: {large.gz}."""

    def __init__(self, files, prefix=""):
        self.files, self.prefix = files, prefix

    def __getitem__(self, name):
        return Names(self.files, name)

    def __getattr__(self, name):
        return Names(self.files, f"{self.prefix}.{name}")

    def __format__(self, _):
        return str(self.files[self.prefix])
