// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Which bytes of this union are the host's padding is not known. */
#include "sbox.hpp"
void use(boxed::sbox::tainted<union loose *> to)
{
    union loose from = {};
    *to = from;
}
