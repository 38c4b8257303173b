// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
int use(boxed::sbox::sandbox &box)
{
    return box.add(1, 2);
} // a tainted int is none yet
