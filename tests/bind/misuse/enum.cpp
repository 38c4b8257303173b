// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
color use(boxed::sbox::sandbox &box)
{
    return box.next(RED).copy_and_verify([](color c) { return c; });
} // may have no name
