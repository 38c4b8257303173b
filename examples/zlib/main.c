// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A program that uses zlib and knows nothing of boxes. Linked with the drop-in binding, all of zlib
 * runs in a box.
 */
#include <stdio.h>
#include <string.h>

#include <zlib.h>

int main(void)
{
    static const char text[] = "hello, hello, hello, hello, hello, hello, hello, hello";
    unsigned char packed[200], unpacked[200];
    uLongf packed_size = sizeof packed, unpacked_size = sizeof unpacked;
    if (compress(packed, &packed_size, (const unsigned char *)text, sizeof text) != Z_OK)
        return 1;
    printf("%zu bytes packed into fewer: %s\n", sizeof text,
           packed_size < sizeof text ? "yes" : "no");
    if (uncompress(unpacked, &unpacked_size, packed, packed_size) != Z_OK)
        return 1;
    printf("unpacked again: %s\n",
           unpacked_size == sizeof text && !memcmp(text, unpacked, sizeof text) ? "the same"
                                                                                : "different");
    packed[4] ^= 0x55; /* a broken stream is an error, as always */
    unpacked_size = sizeof unpacked;
    printf("broken: %s\n", zError(uncompress(unpacked, &unpacked_size, packed, packed_size)));
    return 0;
}
