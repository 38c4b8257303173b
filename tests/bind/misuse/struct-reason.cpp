// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.hpp"
point use(boxed::sbox::sandbox &box)
{
    return box.mirror(point{}).unverified_safe_because("it is small");
}
