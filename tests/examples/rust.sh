#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# rust.sh SDK-FOLDER WORK-FOLDER: Rust without `std` in the box, in every mode. Needs rustc, or RUSTC.
set -eu
sdk=$1 work=$2/rust
here=$(cd "$(dirname "$0")" && pwd)
rust=$here/../../examples/rust
"${RUSTC:-rustc}" -vV >/dev/null 2>&1 || {
    echo 'rust.sh: no rustc; install the package rustc, or set RUSTC' >&2
    exit 77
}
rm -rf "$work"
mkdir -p "$work"
cd "$work"
for mode in full stores jumps; do
    vendor=lfi_$mode
    [ $mode != full ] || vendor=lfi
    "$rust/build" "$sdk/bin/$(uname -m)-$vendor-linux-musl-clang" words
    "$sdk/bin/lfi-verify" --mode=$mode words
    "$sdk/bin/lfi-run" --mode=$mode words | diff "$rust/expected" -
    status=0
    "$sdk/bin/lfi-run" --mode=$mode words panics >out 2>err || status=$?
    [ $status -eq 134 ] || { echo "rust.sh: a panic gives $status" >&2 && exit 1; }
done
