// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
void use(boxed::sbox::sandbox &box)
{
    box.length("text");
} // the box cannot see it
