// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
void use(boxed::sbox::sandbox &box, boxed::sbox::callback<int(int)> &c)
{
    box.sort(nullptr, 0, c);
} // of another type
