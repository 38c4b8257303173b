// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
struct other;
int use(boxed::sbox::sandbox &box, lfi::tainted<struct thing *, other> &thing)
{
    return box.thing_value(thing).UNSAFE_unverified();
} // a pointer into another box
