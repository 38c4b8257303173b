// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "sbox.h"
void use(struct sbox *box, char *what);
void use(struct sbox *box, char *what)
{
    sbox_undecided(box, what);
}
