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

# The variables for make, configure and the like, which use them as the start of a command.
cat >"$work/Makefile" <<'EOF'
program: program.c
	$(CC) -O2 -c program.c
	$(CXX) -o $@ program.o
	$(STRIP) $@
	$(PKG_CONFIG) --version
EOF
echo 'int main(void) { return 3; }' >"$work/program.c"
(
    cd "$work"
    eval "$("$sdk/bin/lfi-config" --environment)"
    run make
    sh -c "$CC -O2 -o again program.c" || die 'CC in a shell'
)
status=0
"$sdk/bin/lfi-exec" "$work/program" || status=$?
[ $status = 3 ] || die "lfi-exec: status $status"

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
