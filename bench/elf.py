# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The size of a program's code."""

import struct

SHF_EXECINSTR = 4


def code_size(path):
    """Bytes in the executable sections of a 64-bit little-endian ELF file."""
    data = path.read_bytes()
    (table,) = struct.unpack_from("<Q", data, 40)
    entry_size, count = struct.unpack_from("<HH", data, 58)
    total = 0
    for i in range(count):
        (flags,) = struct.unpack_from("<Q", data, table + i * entry_size + 8)
        (size,) = struct.unpack_from("<Q", data, table + i * entry_size + 32)
        if flags & SHF_EXECINSTR:
            total += size
    return total
