// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
int use(boxed::sbox::sandbox &box)
{
    return box.add(1, 2).copy_and_verify([](int n) { return n; });
}
