# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=sh disable=SC2034 # the tests use what is set here
#
# What the tests of the SDK's compiler share; they source it. Their arguments are
#   SDK-FOLDER WORK-FOLDER CASE ARCH
set -eu
sdk=$1 work=$2/$4-$3 case=$3 arch=$4
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/toolchain/x86_64/arch.sh
. "$here/$arch/arch.sh"
# shellcheck source=tests/arch/x86_64.sh
. "$here/../arch/$arch.sh"
march=-march=$newest
# shellcheck source=tests/runner.sh
. "$here/../runner.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"
cc=$sdk/bin/$arch-lfi-linux-musl-clang
run=$(runner "$sdk" "$arch-lfi-linux-musl")
die() { echo "FAILED: $*" >&2; exit 1; }
has() { grep -qE -- "$1" "$2" || { cat "$2" >&2; die "/$1/ is not in $2"; }; }
hasnt() { ! grep -qE -- "$1" "$2" || { cat "$2" >&2; die "/$1/ is in $2"; }; }
refused() { "$@" >out 2>err && die "$* succeeded"; return 0; }
verified() { "$sdk/bin/lfi-verify" --mode="${weakest:-full}" "$@" || die "does not verify: $*"; }
