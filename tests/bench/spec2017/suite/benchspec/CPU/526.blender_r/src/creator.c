/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* As in the benchmark of this name: what only glibc has. */
#include <execinfo.h>
#include <fenv.h>

#ifndef SPEC_LINUX
#error "the platform is not chosen"
#endif

int prepare(void)
{
    void *addresses[4];

    feenableexcept(FE_DIVBYZERO | FE_INVALID);
    return backtrace(addresses, 4) > 4;
}
