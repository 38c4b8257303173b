# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The programs that are measured, and their input: built with the SDK, made once."""

import os
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
    if triple == "x86_64-measure-linux-musl":
        overlay = work / "measure-sdk"
        run([HERE / "measure" / "make-sdk", sdk, overlay])
        sdk = overlay
    elif (sdk / "sysroot" / triple / "usr/lib/libc.a").exists():
        return sdk
    run([TOP / "sysroot" / "build-sysroot", f"--triple={triple}", f"--sdk={sdk}", f"--work={work}/sysroot/{triple}"])
    return sdk


def build(configuration, sdk, work):
    """Builds all programs; programs_of() says where they are."""
    triple, flags = configuration.triple, f"-O2 {configuration.flags}".strip()
    folder = programs_of(configuration, work)
    run([TOP / "tests/packages/package", "build", f"--sdk={sdk}", f"--work={folder.parent.parent}", f"--triple={triple}",
         f"--cflags={flags}", *PACKAGES])
    for kernel in KERNELS:
        source, program = HERE / "kernels" / f"{kernel}.c", folder / kernel
        libc = sdk / "sysroot" / triple / "usr/lib/libc.a"
        if not program.exists() or program.stat().st_mtime < max(source.stat().st_mtime, libc.stat().st_mtime):
            run([sdk / "bin" / f"{triple}-clang", *flags.split(), "-o", program, source, "-lm"])


def programs_of(configuration, work):
    if configuration.flags:
        work = work / configuration.flags.strip("-")
    return work / configuration.triple / "bin"


def make_inputs(work, native, text_size, sql_rows):
    """Input files by name; made once, with the native programs. native(NAME) is the command that runs one."""
    folder = work / "bench-input"
    files = {name: folder / name for name in
             ["text", "large", "text.bz2", "large.gz", "large.lz4", "large.zst", "large.xz", "bench.sql"]}
    for script in (TOP / "tests/packages/input").glob("*.lua"):
        files[script.name] = script
    if all(path.exists() for path in files.values()):
        return files
    folder.mkdir(exist_ok=True)
    text = b"".join(
        path.read_bytes()
        for source in ["lua", "zlib", "bzip2", "sqlite"]
        for path in sorted(Path(subprocess.check_output([FETCH, source], text=True).strip()).rglob("*.c"))
    )[:text_size]
    files["text"].write_bytes(text)
    # Not simply repeated: each copy has another byte exchanged.
    files["large"].write_bytes(b"".join(text.replace(b"et", bytes([c]) * 2) for c in b"abcdefgh"))

    def compress(output, program, *options):
        with open(files[output], "wb") as out:
            run([*native(program), *options],
                stdin=open(files[output.rsplit(".", 1)[0]], "rb"), stdout=out)

    compress("text.bz2", "bzip2", "-9", "-c")
    compress("large.gz", "minigzip", "-6")
    compress("large.lz4", "lz4", "-q", "-1", "-c")
    compress("large.zst", "zstd", "-q", "-3", "-c")
    compress("large.xz", "xz", "-1", "-c")
    script = (TOP / "tests/packages/input/script.sql").read_text()
    script = script.replace("i < 30000", f"i < {sql_rows}")
    # The mistakes that the test makes on purpose, and what needs a file.
    drop = ("SELECT * FROM missing", "INSERT INTO item (id", "PRAGMA wal", "PRAGMA journal", "VACUUM")
    files["bench.sql"].write_text("\n".join(l for l in script.splitlines() if not l.startswith(drop)) + "\n")
    return files


def arguments_of(workload, inputs):
    """The words behind the program's name."""
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
