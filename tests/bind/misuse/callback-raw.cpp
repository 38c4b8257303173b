// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
int compare(const void *, const void *);
void use(boxed::sbox::sandbox &box)
{
    box.sort(nullptr, 0, compare);
} // a host function
