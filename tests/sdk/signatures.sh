#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# signatures.sh ARCH: functions of random signatures, called by gates in a box and natively, and as
# callbacks (signatures/make.py). Environment: SDK, INCLUDE, LIBRARIES (folder of liblfi.a and
# liblfi-verifier.a for ARCH). Exit status 77: no sysroot in this SDK.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=$1 triple=$1-lfi-linux-musl
# shellcheck source=../runner.sh disable=SC1091
. "$here/../runner.sh"
[ -e "$SDK/sysroot/$triple/usr/lib/libc.a" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 "$here/signatures/make.py" "$arch" "${COUNT:-300}" "${SEED:-1}" .
"$SDK/bin/$triple-clang" -O2 -w -I. "$here/signatures/box.c" -o box.lfi
"$SDK/bin/llvm-nm" box.lfi | awk '
    $3 ~ /^[fbv]_[0-9]+$/ { split($3, name, "_"); at[name[1], name[2]] = $1; if (name[2] + 0 > last[name[1]] + 0) last[name[1]] = name[2] + 0 }
    END { for (k in last) { printf "static uint64_t %s[] = {", toupper(k); for (i = 0; i <= last[k]; i++) printf "0x%s,", at[k, i]; print "};" } }' >addresses.h
if [ "$arch" = "$(uname -m)" ]; then
    cc=cc run=
else
    cc=$SDK/bin/$arch-native-linux-musl-clang run=$SDK/bin/$arch-native-run
fi
$cc -O1 -w -I. -I"$INCLUDE" "$here/signatures/signatures.c" -o signatures \
    "$LIBRARIES/liblfi.a" "$LIBRARIES/liblfi-verifier.a" -lpthread
$run ./signatures box.lfi
