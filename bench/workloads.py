# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmark runs and what it compares.

A workload is a program of tests/packages or bench/kernels with arguments and standard input, chosen
to run for a few tenths of a second. {NAME} in an argument stands for an input file.
"""

import importlib
import platform
from collections import namedtuple
from pathlib import Path

Workload = namedtuple("Workload", "name program arguments stdin", defaults=("",))

PACKAGES = {"bzip2": "bzip2", "minigzip": "zlib", "lz4": "lz4", "zstd": "zstd", "xz": "xz", "lua": "lua", "sqlite3": "sqlite"}
KERNELS = ["recursion", "chase", "indirect", "floating", "memory"]

WORKLOADS = [
    Workload("bzip2 compress", "bzip2", "-9 -c", "text"),
    Workload("bzip2 decompress", "bzip2", "-d -c", "text.bz2"),
    Workload("zlib compress", "minigzip", "-6", "text"),
    Workload("zlib decompress", "minigzip", "-d", "large.gz"),
    Workload("lz4 compress", "lz4", "-q -1 -c {large}"),
    Workload("lz4 compress high", "lz4", "-q -9 -c {text}"),
    Workload("lz4 decompress", "lz4", "-q -d -c {large.lz4}"),
    Workload("zstd compress", "zstd", "-q --single-thread -3 -c {large}"),
    Workload("zstd compress high", "zstd", "-q --single-thread -12 -c {text}"),
    Workload("zstd decompress", "zstd", "-q --single-thread -d -c {large.zst}"),
    Workload("xz compress", "xz", "-2 -c {text}"),
    Workload("xz decompress", "xz", "-d -c {large.xz}"),
    Workload("lua objects", "lua", "{objects.lua}"),
    Workload("lua strings", "lua", "{strings.lua}"),
    Workload("lua numbers", "lua", "{numbers.lua}"),
    Workload("sqlite", "sqlite3", ":memory:", "bench.sql"),
] + [Workload(f"kernel {kernel}", kernel, "") for kernel in KERNELS]

# Name, target, arguments of lfi-run (None: run directly), what it shows, flags beside -O2.
Configuration = namedtuple("Configuration", "name triple box meaning flags", defaults=("",))

HOST = platform.machine()
CONFIGURATIONS = [
    Configuration("native", f"{HOST}-native-linux-musl", None, "no sandbox: what all others are divided by"),
    Configuration("native again", f"{HOST}-native-linux-musl", None, "the same program once more: the noise"),
    Configuration("runtime only", f"{HOST}-measure-linux-musl", ["--no-verify"],
                  "unsandboxed code under the runtime: the cost of liblfi alone"),
    Configuration("full", f"{HOST}-lfi-linux-musl", [], "loads, stores and jumps confined"),
    Configuration("full, high", f"{HOST}-lfi-linux-musl", ["--high"], "the same programs, the box not at address 0"),
    Configuration("full, unverified", f"{HOST}-lfi-linux-musl", ["--no-verify"], "without the time of the verifier"),
    Configuration("high, unverified", f"{HOST}-lfi-linux-musl", ["--high", "--no-verify"], "both"),
    Configuration("stores", f"{HOST}-lfi_stores-linux-musl", ["--mode=stores"], "stores and jumps confined"),
    Configuration("jumps", f"{HOST}-lfi_jumps-linux-musl", ["--mode=jumps"], "jumps and system calls confined"),
]

# What is counted in an emulator: ARCH/counting.py says how, for each architecture with such a file.
COUNTING = {path.parent.name: importlib.import_module(f"{path.parent.name}.counting")
            for path in sorted(Path(__file__).resolve().parent.glob("*/counting.py"))}


def counted(arch):
    native = f"{arch}-native-linux-musl"
    return [
        Configuration("native", native, None, "no sandbox: what all others are divided by", COUNTING[arch].NATIVE_FLAGS),
        Configuration("frame pointers", native, None, "native as clang compiles by default"),
        Configuration("full", f"{arch}-lfi-linux-musl", [], "loads, stores and jumps confined"),
        Configuration("stores", f"{arch}-lfi_stores-linux-musl", ["--mode=stores"], "stores and jumps confined"),
        Configuration("jumps", f"{arch}-lfi_jumps-linux-musl", ["--mode=jumps"], "jumps and system calls confined"),
    ]
