// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
void use(boxed::sbox::tainted<const int *> p)
{
    *p = 1;
}
