// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
int use(boxed::sbox::sandbox &box)
{
    if (box.add(1, 2) == 3)
        return 1;
    return 0;
} // tainted<bool>
