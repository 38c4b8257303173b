#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Sanitizers: what works traps or reports in the box; what does not is refused when compiling.
#   sanitizers.sh SDK-FOLDER WORK-FOLDER CASE ARCH
# shellcheck source=tests/toolchain/common.sh
. "$(dirname "$0")/common.sh"

# checks FILE: NAME SANITIZER BODY, one a line; argc is 1.
cat >checks <<'END'
overflow undefined return 0x7fffffff + argc > argc;
divide undefined return argc / (argc - 1);
shift undefined return argc << (argc + 31);
bounds undefined int a[4] = {argc}; return a[argc + 3];
null undefined int *volatile p = 0; return *p;
align undefined char b[8] = {0}; int *volatile p = (int *)(b + argc); return *p;
unreachable undefined if (argc == 1) __builtin_unreachable(); return 0;
builtin undefined return __builtin_ctz(argc - 1);
enum undefined _Bool b; __builtin_memset(&b, argc + 1, 1); _Bool *volatile p = &b; return *p;
vla undefined int n = argc - 2; volatile int a[n]; a[0] = 0; return a[0];
float float-cast-overflow volatile double d = 1e30; return (int)d;
fdiv float-divide-by-zero volatile double z = 0; return 1 / z > 0;
unsigned integer unsigned u = argc; return u - 2 > 1;
conversion implicit-conversion unsigned char c = argc + 255; return c;
END

case $case in
traps)
    while read -r name sanitizer body; do
        echo "int main(int argc, char **argv) { $body }" >"$name.c"
        for flags in -O0 -O1; do
            "$cc" $flags -g -fsanitize="$sanitizer" -fsanitize-trap "$name.c" -o "$name"
            verified "$name"
            status=0
            "$run" "./$name" 2>err || status=$?
            [ $status = $trap ] || { cat err >&2; die "$name $flags: exit status $status, not $trap"; }
            has 'main' err
        done
    done <checks
    # Nothing wrong, no trap.
    echo 'int main(int argc, char **argv) { int a[4] = {argc}; return a[argc] + argc - 1; }' >good.c
    "$cc" -O1 -fsanitize=undefined,integer -fsanitize-trap good.c -o good
    "$run" ./good
    ;;
minimal-runtime)
    echo 'int main(int argc, char **argv) { int a[4] = {0}; return a[argc + 3] & 0; }' >m.c
    "$cc" -O1 -fsanitize=undefined -fsanitize-minimal-runtime m.c -o m
    verified m
    "$run" ./m 2>err
    has 'ubsan: out-of-bounds by box[+]0x[0-9a-f]{8}$' err
    "$run" --high ./m 2>high
    cmp err high || die 'where the box lies shows'
    "$cc" -O1 -fsanitize=undefined -fsanitize-minimal-runtime -fno-sanitize-recover=all m.c -o m
    ! "$run" ./m 2>err || die 'goes on'
    has 'ubsan: out-of-bounds' err
    ;;
refused)
    echo 'int x;' >x.c
    for option in -fsanitize=address -fsanitize=thread -fsanitize=memory -fsanitize=leak \
        -fsanitize=hwaddress -fsanitize=fuzzer -fsanitize=safe-stack -fsanitize=shadow-call-stack \
        -fsanitize=dataflow -fsanitize=scudo -fsanitize=numerical -fsanitize=kcfi -fsanitize=function \
        -fsanitize=vptr -fsanitize-coverage=trace-pc -pg -fxray-instrument -fsplit-stack -fintegrated-as \
        $refused_options; do
        ! "$cc" "$option" -c x.c 2>err || die "$option: compiled"
        has "unsupported option '$(echo "$option" | sed 's/+/[+]/g')' for target '($arch|i386)-lfi-linux-" err
    done
    ! "$cc" -fsanitize=undefined -c x.c 2>err || die 'compiled without a runtime'
    has "only allowed with '-fsanitize-trap' or '-fsanitize-minimal-runtime'" err
    ! "$cc" -fvisibility=hidden -fsanitize=cfi -c x.c 2>err || die 'cfi: compiled without -flto'
    has "only allowed with '-flto'" err
    # What takes an option back takes back the refusal; the native twin refuses nothing of its own.
    "$cc" -fsanitize=address -fno-sanitize=address -fsplit-stack -fno-split-stack -c x.c
    "$sdk/bin/$arch-native-linux-musl-clang" -fsanitize=undefined $native_options -c x.c
    ;;
*) die "no such case: $case" ;;
esac
