// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.h"
void use(struct sbox *box);
void use(struct sbox *box)
{
    sbox_format(box, "%d");
}
