// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>

#include "partsbox.h"

int main(void)
{
    struct lfi_error why;
    struct partsbox *box;
    if (partsbox_open(&box, NULL, &why)) {
        fprintf(stderr, "%s\n", why.message);
        return 1;
    }
    printf("%d %d %d %d %d %d\n", partsbox_one(box), partsbox_two(box),
           partsbox_sorted(box, 9, 3, 1), partsbox_archive(box), partsbox_generated(box),
           partsbox_sorted(box, -9, -7, -5));
    return partsbox_free(box);
}
