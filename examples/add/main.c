// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The host. `addbox` is one instance of the library, in its box. */
#include <stdio.h>

#include "addbox.h"

int main(void)
{
    struct lfi_error why;
    struct addbox *box;
    if (addbox_open(&box, NULL, &why)) {
        fprintf(stderr, "add: %s\n", why.message);
        return 1;
    }
    printf("2 + 3 = %d\n", addbox_add(box, 2, 3));
    addbox_free(box);
    return 0;
}
