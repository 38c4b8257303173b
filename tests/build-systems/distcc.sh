#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# distcc spreads a build over two daemons of this machine, which have the SDK in another folder.
#   distcc.sh SDK-FOLDER WORK-FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sdk=$1 work=$2/distcc
# shellcheck source=tests/build-systems/common.sh
. "$here/common.sh"
triple=$host-lfi-linux-musl
rm -rf "$work"
mkdir -p "$work/client"
cd "$work"
unset CC CXX

# The daemons' machine: compilers without sysroots, in a folder that an ordinary user can read, for distccd
# does not work as root.
server=$(mktemp -d "${TMPDIR:-/tmp}/lfi-distcc.XXXXXX")
daemons=''
# shellcheck disable=SC2086,SC2317 # words; called by trap
finish() {
    [ -z "$daemons" ] || kill $daemons 2>/dev/null || true
    wait
    rm -rf "$server"
}
trap finish EXIT
chmod 755 "$server"
mkdir "$server/sdk"
for folder in bin libexec lib; do
    copy "$sdk/$folder" "$server/sdk/"
done
printf '%s\n' "$server/sdk/bin/$triple-clang" "$server/sdk/bin/$triple-clang++" >"$server/commands"
user=()
[ "$(id -u)" -ne 0 ] || user=(--user nobody)

# start_daemon NAME: on a free port of the loopback interface; sets port.
start_daemon() {
    local try daemon waited
    for try in 1 2 3 4 5; do
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        DISTCC_CMDLIST=$server/commands distccd --daemon --no-detach --listen 127.0.0.1 --port "$port" \
            --allow 127.0.0.1 --jobs 2 "${user[@]}" --log-stderr --log-level info 2>"$1.log" &
        daemon=$!
        for ((waited = 0; waited < 100; waited++)); do
            kill -0 $daemon 2>/dev/null || break
            if (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
                daemons="$daemons $daemon"
                return
            fi
            sleep 0.1
        done
        kill $daemon 2>/dev/null || true
        echo "distcc.sh: try $try: no daemon on port $port" >&2
    done
    cat "$1.log" >&2
    die 'distccd does not start'
}
start_daemon red
red=$port
start_daemon blue
blue=$port
# Without fallback a file that no daemon compiles is an error.
export DISTCC_HOSTS="127.0.0.1:$red/1 127.0.0.1:$blue/1" DISTCC_FALLBACK=0 DISTCC_DIR="$work/client"
export PATH="$sdk/bin:$PATH"

# compiled LOG FILE: that daemon compiled the file.
compiled() {
    grep -qE "COMPILE_OK exit:0 .*/?$2\$" "$1.log"
}

# A makefile's project, compiler and SDK found in PATH.
mkdir -p make/local
for ((i = 0; i < 12; i++)); do
    printf '#include <stdio.h>\nint f%d(int *p, int n) { int s = 0; while (n--) s += *p++ * %d; printf("%%d\\n", s); return s; }\n' $i $i >make/f$i.c
done
{
    for ((i = 0; i < 12; i++)); do echo "int f$i(int *p, int n);"; done
    echo 'int main(void) { int p[] = {1, 2}, s = 0;'
    for ((i = 0; i < 12; i++)); do echo "s += f$i(p, 2);"; done
    echo 'return s != 198; }'
} >make/main.c
run make -C make -j4 -f "$here/distcc.mk" CC="distcc $triple-clang"
lfi-run make/program >printed || die 'the program'
lfi-verify make/program || die 'the program does not verify'
for daemon in red blue; do
    grep -q 'COMPILE_OK' $daemon.log || { cat ./*.log >&2 && die "$daemon compiled nothing"; }
done
for source in main f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11; do
    compiled red $source.c || compiled blue $source.c || { cat ./*.log >&2 && die "$source.c was not distributed"; }
    # What comes back is what the local compiler gives.
    (cd make && "$triple-clang" -O2 -c $source.c -o local/$source.o)
    cmp make/$source.o make/local/$source.o
done

# CMake calls the compiler by its whole path, which the daemons map to their own.
run cmake -G Ninja --toolchain "$(lfi-config --cmake-toolchain-file)" -S "$here/project" -B cmake \
    -DCMAKE_C_COMPILER_LAUNCHER=distcc -DCMAKE_CXX_COMPILER_LAUNCHER=distcc
run cmake --build cmake -j4
run ctest --test-dir cmake --output-on-failure
for source in words.c target.c program.c check.c frequency.cpp; do
    compiled red "$source" || compiled blue "$source" || { cat ./*.log >&2 && die "$source was not distributed"; }
done

# ccache in front: what it does not have goes out.
cp make/f1.c cached.c
CCACHE_DIR=$work/ccache CCACHE_PREFIX=distcc run ccache $triple-clang -O2 -c cached.c
compiled red cached.c || compiled blue cached.c || die 'cached.c was not distributed'

# What the SDK's assembler refuses there is reported here.
printf 'void f(void) { __asm__("movw (%%rax), %%ds"); }\n' >bad.c
! distcc $triple-clang -c bad.c >said 2>&1 || die 'bad.c was compiled'
grep -q 'bad.c' said || { cat said >&2 && die 'the message'; }
