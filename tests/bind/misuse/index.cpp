// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
int use(boxed::sbox::sandbox &box, int *list)
{
    return list[box.add(1, 2)];
} // out of the host's list
