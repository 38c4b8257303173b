// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * Copies between host and box: the range is checked here; a missing page is noticed by the fault
 * handler (faults.c), which ends the copy.
 */
#include "internal.h"

#include <errno.h>

LFI_LIGHT int lfi_copy_in(const struct lfi_box *box, void *to, uint64_t address, size_t size)
{
    if (!lfi_box_contains(box, address, size))
        return -EFAULT;
    return (int)machine_copy(to, (const void *)address, size);
}

LFI_LIGHT int lfi_copy_out(const struct lfi_box *box, uint64_t address, const void *from,
                           size_t size)
{
    if (!lfi_box_contains(box, address, size))
        return -EFAULT;
    return (int)machine_copy((void *)address, from, size);
}

ssize_t lfi_copy_string(const struct lfi_box *box, char *to, uint64_t address, size_t max)
{
    const uint64_t end = box->base + LFI_BOX_SIZE - LFI_GUARD_SIZE;

    if (!lfi_box_contains(box, address, 0))
        return -EFAULT;
    size_t limit = max < end - address ? max : end - address;
    long length = machine_copy_string(to, (const char *)address, limit);
    if (length >= 0 && (size_t)length == limit)
        return limit == max ? -ENAMETOOLONG : -EFAULT;
    return length;
}
