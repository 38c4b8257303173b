# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086 # variables and `run` come from ../package
source=bzip2
programs='bzip2'
built='the library and its program'

build() {
    make -j"$jobs" CC="$CC" AR="$AR" RANLIB="$RANLIB" \
        CFLAGS="-Wall -Winline $cflags -D_FILE_OFFSET_BITS=64" bzip2
}

check() {
    for level in 1 9; do
        run bzip2 -$level <"$text" >text.$level.bz2
        run bzip2 -$level <"$mixed" >mixed.$level.bz2
        run bzip2 -d <text.$level.bz2 | cmp - "$text"
        run bzip2 -ds <mixed.$level.bz2 | cmp - "$mixed"
    done
    # The package's own test.
    for sample in 1 2 3; do
        run bzip2 -$sample <"$tree/sample$sample.ref" | cmp - "$tree/sample$sample.bz2"
        run bzip2 -d <"$tree/sample$sample.bz2" | cmp - "$tree/sample$sample.ref"
        echo "sample$sample: passed"
    done
    # Damaged input must be noticed.
    head -c 100000 text.9.bz2 >damaged.bz2
    if run bzip2 -t damaged.bz2; then false; fi
}
