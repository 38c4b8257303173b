// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
auto use(boxed::sbox::sandbox &box)
{
    return box.register_callback<int(int)>([](boxed::sbox::sandbox &, int n) { return n; });
} // takes it unchecked
