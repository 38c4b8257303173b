// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
char use(boxed::sbox::sandbox &box)
{
    const char c = *box.name_of(RED);
    return c;
} // changes whenever the box likes
