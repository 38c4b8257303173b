# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmark runs and what it compares.

A workload is a program of tests/packages or bench/kernels with arguments and standard input, chosen
to run for a few tenths of a second. {NAME} in an argument stands for an input file.
"""

from collections import namedtuple

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

CONFIGURATIONS = [
    Configuration("native", "x86_64-native-linux-musl", None, "no sandbox: what all others are divided by"),
    Configuration("native again", "x86_64-native-linux-musl", None, "the same program once more: the noise"),
    Configuration("runtime only", "x86_64-measure-linux-musl", ["--no-verify"],
                  "unsandboxed code under the runtime: the cost of liblfi alone"),
    Configuration("full", "x86_64-lfi-linux-musl", [], "loads, stores and jumps confined"),
    Configuration("stores", "x86_64-lfi_stores-linux-musl", ["--mode=stores"], "stores and jumps confined"),
    Configuration("jumps", "x86_64-lfi_jumps-linux-musl", ["--mode=jumps"], "jumps and system calls confined"),
]

# What is counted in an emulator. Sandboxed targets of AArch64 have no frame pointers (docs/abi.md), so their
# twin has none either.
COUNTED = [
    Configuration("native", "aarch64-native-linux-musl", None, "no sandbox: what all others are divided by",
                  "-fomit-frame-pointer"),
    Configuration("frame pointers", "aarch64-native-linux-musl", None, "native as clang compiles by default"),
    Configuration("full", "aarch64-lfi-linux-musl", [], "loads, stores and jumps confined"),
    Configuration("stores", "aarch64-lfi_stores-linux-musl", ["--mode=stores"], "stores and jumps confined"),
    Configuration("jumps", "aarch64-lfi_jumps-linux-musl", ["--mode=jumps"], "jumps and system calls confined"),
]
