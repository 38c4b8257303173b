#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The SDK in another folder, with a space in its name, and its programs reached through links in PATH.
#   relocated.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$2/relocated sdk="$2/relocated/an sdk"
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work/links"
copy "$1" "$sdk"
for program in "$sdk"/bin/*; do
    ln -s "../an sdk/bin/${program##*/}" "$work/links/"
done

[ "$("$work/links/lfi-config" --prefix)" = "$sdk" ] || die 'lfi-config --prefix'
ln -s "links/lfi-config" "$work/config"
[ "$("$work/config" --cc)" = "$sdk/bin/$host-lfi-linux-musl-clang" ] || die 'lfi-config --cc'

"$here/run.sh" "$sdk" "$work" cmake
"$here/run.sh" "$sdk" "$work" meson
"$here/embed.sh" "$sdk" "$work"

# Meson's file of share/ with links in PATH.
cd "$work"
PATH=$work/links:$PATH
run meson setup --cross-file "$sdk/share/meson/$host-lfi.ini" "$here/project" in-path
run meson test -C in-path
grep -q '^Ok: *3' log || die 'meson test'
rm -rf "$sdk"
