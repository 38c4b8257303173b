#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What lfi-config prints, and how it refuses.
#   lfi-config.sh SDK-FOLDER WORK-FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 work=$2/lfi-config
config=$sdk/bin/lfi-config
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
rm -rf "$work"
mkdir -p "$work"
cd "$work"

is() {
    expected=$1
    shift
    found=$("$config" "$@") || die "lfi-config $*"
    [ "$found" = "$expected" ] || die "lfi-config $*: '$found', not '$expected'"
}

# refused STATUS PATTERN ARGUMENT...
refused() {
    expected=$1 pattern=$2 status=0
    shift 2
    "$config" "$@" >out 2>err || status=$?
    [ $status = "$expected" ] || die "lfi-config $*: status $status"
    grep -q -- "^lfi-config: $pattern" err || { cat err >&2 && die "lfi-config $*: the message"; }
    [ ! -s out ] || die "lfi-config $*: an answer"
}

is "$sdk" --prefix
is "$sdk/bin" --bindir
is "-I$sdk/include" --cflags
is "-L$sdk/lib -l:liblfi.a -l:liblfi-verifier.a -pthread" --libs
is "-L$sdk/lib -l:liblfi-rewriter.a" --libs=rewriter
is "$("$sdk/bin/lfi-run" --version | cut -d' ' -f2)" --version
is 'full
jumps
stores' --modes
is "$sdk
$sdk/bin" --prefix --bindir # one line for each

# In a folder with a space: one word for eval, with what a shell splits and joins again.
mkdir -p 'two words/bin'
cp "$config" 'two words/bin/'
# shellcheck disable=SC2046 # as docs/build-systems.md has it
eval set -- $("two words/bin/lfi-config" --cflags --libs)
[ "$1 $2" = "-I$work/two words/include -L$work/two words/lib" ] || die "eval in a folder with a space: $*"

# Each target by both of its names; what is named is there and is that target's.
"$config" --targets >targets
[ "$(wc -l <targets)" -ge 4 ] || die 'too few targets'
while read -r triple; do
    name=${triple%-linux-musl}
    is "$triple" --target="$name"
    is "$triple" --target="$triple"
    [ "$("$("$config" --cc="$name")" -dumpmachine)" = "$triple" ] || die "--cc=$name"
    [ "$("$("$config" --cxx="$name")" -dumpmachine)" = "$triple" ] || die "--cxx=$name"
    [ -f "$("$config" --sysroot="$name")/usr/lib/libc.a" ] || die "--sysroot=$name"
    "$("$config" --tool-prefix="$name")ar" --version >out || die "--tool-prefix=$name"
    [ -f "$("$config" --cmake-toolchain-file="$name")" ] || die "--cmake-toolchain-file=$name"
    "$config" --meson-cross-file="$name" | grep -qF "bin = '$sdk/bin/'" || die "--meson-cross-file=$name"
    for file in $("$config" --ccache-files="$name" | tr ':' ' '); do
        [ -f "$file" ] || die "--ccache-files=$name: $file"
    done
    (
        eval "$("$config" --environment="$name")"
        for tool in "$CC" "$CXX" "$AR" "$NM" "$RANLIB" "$OBJCOPY" "$OBJDUMP" "$READELF" "$STRIP" "$PKG_CONFIG"; do
            "$tool" --version >out 2>&1 || { cat out >&2 && die "--environment=$name: $tool"; }
        done
    )
    emulator=$("$config" --emulator="$name")
    case $triple in
    "$(uname -m)"-native-*) [ -z "$emulator" ] || die "--emulator=$name" ;;
    *-lfi_*) [ "$emulator" = "$sdk/bin/$name-run" ] || die "--emulator=$name" ;;
    esac
    case $triple in
    "$(uname -m)"-native-*) ;;
    *) [ -x "$emulator" ] || die "--emulator=$name" ;;
    esac
done <targets
is "$(head -n 1 targets)" --target

# Programs that start by themselves, where the kernel lets a namespace have formats of its own.
is ":$host-lfi:E::lfi::$sdk/bin/lfi-run:" --binfmt="$host-lfi"
refused 1 "programs of '$host-native' need no runner" --binfmt="$host-native"
printf '#include <stdio.h>\nint main(int argc, char **argv) { return printf("%%d %%s\\n", argc, argv[1]) < 0; }\n' >hello.c
"$("$config" --cc="$host-lfi")" -O2 hello.c -o hello.lfi
cat >register <<'EOF'
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null || exit 77
"$1" --binfmt="$2" >/proc/sys/fs/binfmt_misc/register
exec ./hello.lfi 'a b'
EOF
status=0
unshare -rm sh -e register "$config" "$host-lfi" >out 2>err || status=$?
case $status in
0) echo '2 a b' | diff - out >&2 || die 'a registered program' ;;
*) grep -q 'unshare failed' err || [ $status = 77 ] || { cat err >&2 && die 'a program cannot be registered'; }
    echo 'lfi-config: no namespace with formats here; a registered program was not tried' >&2 ;;
esac

# The help names every option that there is.
"$config" --help >help
sed -n 's/^    \(--[a-z-]*\)).*/\1/p' "$config" >options
[ -s options ] || die 'no options found'
while read -r option; do
    grep -q -- "  .*$option" help || die "$option is not in the help"
done <options

refused 2 'no option given'
refused 2 "unknown option '--nosuch'" --nosuch
refused 2 "unknown option, or one without a value: '--prefix=x'" --prefix=x
refused 1 "unknown target 'nosuch'; there are: " --cc=nosuch
refused 1 "unknown library 'nosuch'; there are: " --libs=nosuch
