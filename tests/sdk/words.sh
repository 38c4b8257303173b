#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# words.sh SDK-FOLDER WORK-FOLDER: what a person is told when something is not as it should be.
set -eu
sdk=$1 work=$2/words host=$(uname -m)
rm -rf "$work"
mkdir -p "$work"
cd "$work"

# says STATUS PATTERN COMMAND...: the exit status, and a pattern in the messages; '' for no message at all
says() {
    expected=$1 pattern=$2 status=0
    shift 2
    "$@" >out 2>err </dev/null || status=$?
    if [ $status != "$expected" ] || { [ "$pattern" ] && ! grep -q -e "$pattern" err; } || { [ ! "$pattern" ] && [ -s err ]; }; then
        echo "FAILED: $*: status $status, not $expected, or not '$pattern' in:" >&2
        cat err >&2
        exit 1
    fi
}

cat >ends.c <<'EOF'
#include <signal.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    if (argc > 1)
        raise(atoi(argv[1]));
    else
        abort();
}
EOF
"$sdk/bin/$host-lfi-linux-musl-clang" -O2 ends.c -o ends

# How it ended, where a native program's shell would say so.
says 134 'ends: ended by signal 6 (Aborted)$' "$sdk/bin/lfi-run" ./ends
says 139 'ends: ended by signal 11 (Segmentation fault)$' "$sdk/bin/lfi-run" ./ends 11
says 143 '' "$sdk/bin/lfi-run" ./ends 15
says 141 '' "$sdk/bin/lfi-run" ./ends 13
says 141 'ends: ended by signal 13 (Broken pipe)$' "$sdk/bin/lfi-run" -V ./ends 13

# A program for another processor, and a runner without what it runs.
for compiler in "$sdk"/bin/*-lfi-linux-musl-clang; do
    arch=$(basename "$compiler" -lfi-linux-musl-clang)
    [ "$arch" != "$host" ] || continue
    [ -e "$sdk/sysroot/$arch-lfi-linux-musl/usr/lib/libc.a" ] || continue
    "$compiler" -O2 ends.c -o "ends-$arch"
    says 126 "the program is for $arch, and this is $host: '$arch-lfi-run' runs it\$" "$sdk/bin/lfi-run" "./ends-$arch"
    says 134 'Aborted' "$sdk/bin/$arch-lfi-run" "./ends-$arch"
    says 126 "the program is for $host, and this is $arch: '$host-lfi-run' runs it\$" "$sdk/bin/$arch-lfi-run" ./ends
    says 127 "$arch-native-run: ./nothing: no such file" "$sdk/bin/$arch-native-run" ./nothing
    mkdir -p empty/bin
    cp "$sdk/bin/$arch-lfi-run" empty/bin/
    says 1 "^$arch-lfi-run: .* is missing: it is built by 'scripts/quickstart $arch'" "empty/bin/$arch-lfi-run" "./ends-$arch"
done

# A compiler whose libraries are not built: nothing of a sysroot, and of the compiler what it needs.
mkdir -p bare/bin
cp "$sdk/bin/llvm" bare/bin/llvm
cp -R "$sdk/libexec" bare/
for compiler in "$sdk"/bin/*-lfi-linux-musl-clang; do
    triple=$(basename "$compiler" -clang)
    cp "$sdk/bin/$triple.cfg" bare/bin/
    ln -s llvm "bare/bin/$triple-clang"
    says 1 "warning: $triple has no libraries yet: 'scripts/quickstart ${triple%%-*}' builds them" "bare/bin/$triple-clang" ends.c -o bare/ends
    echo 'int x;' >bare/x.c
    says 0 '' "bare/bin/$triple-clang" -c bare/x.c -o bare/x.o
done
rm -r bare

# What is printed, and cannot be.
for program in lfi-run lfi-verify lfi-rewrite lfi-postlink lfi-bind lfi-config lfi-exec \
    ../libexec/lfi/"$host"-lfi-linux-musl/as; do
    for option in --help --version; do
        says 1 'No space left on device\|I/O error' sh -c '"$@" >/dev/full' sh "$sdk/bin/$program" $option
    done
done

# A full disk, where there can be one: the output of ld.lld is a mapping, and a fault then.
cat >full <<'EOF'
mount -t tmpfs -o size=12k none disk
"$1" -O2 ends.c -o disk/ends
EOF
mkdir disk
if unshare -rm true 2>/dev/null; then
    says 1 'ended by signal 7 (Bus error): is the disk of the output full?$' \
        unshare -rm sh full "$sdk/bin/$host-lfi-linux-musl-clang"
else
    echo 'words: no namespace for a full disk here; that part was not tried' >&2
fi
