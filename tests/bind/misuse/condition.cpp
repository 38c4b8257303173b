// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
int use(boxed::sbox::sandbox &box)
{
    if (box.is_odd(3))
        return 1;
    return 0;
} // the box decides which way the host goes
