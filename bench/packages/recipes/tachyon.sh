# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash disable=SC2154,SC2034,SC2086,SC2046,SC2010,SC2035 # variables and `objects` come from tests/packages/package
source=tachyon
programs='tachyon'

build() {
    objects -DLinux -Isrc -Idemosrc -ffast-math -- $(ls src/*.c | grep -v parvol) \
        $(printf 'demosrc/%s.c ' main getargs parse nffparse mgfparse ac3dparse glwin spaceball trackball)
    $CC -o tachyon src/*.o demosrc/*.o -lm
}
