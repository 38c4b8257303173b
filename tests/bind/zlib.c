// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* zlib.c FILE LEVEL: packs and unpacks a file; a host that knows nothing of boxes. What it prints
 * is the same with zlib itself and with the drop-in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static unsigned char in[10000], out[7000];

static size_t pack(FILE *file, int level, unsigned char *packed, unsigned long *crc)
{
    z_stream s;
    size_t size = 0, got;
    memset(&s, 0, sizeof s);
    if (deflateInit(&s, level) != Z_OK)
        exit(1);
    do {
        got = fread(in, 1, sizeof in, file);
        *crc = crc32(*crc, in, (uInt)got);
        s.next_in = in;
        s.avail_in = (uInt)got;
        do {
            s.next_out = out;
            s.avail_out = sizeof out;
            deflate(&s, got ? Z_NO_FLUSH : Z_FINISH);
            memcpy(packed + size, out, sizeof out - s.avail_out);
            size += sizeof out - s.avail_out;
        } while (s.avail_out == 0);
    } while (got);
    printf("%lu in, %lu out, adler %lx\n", s.total_in, s.total_out, s.adler);
    return deflateEnd(&s) == Z_OK ? size : 0;
}

static unsigned long unpack(unsigned char *packed, size_t size)
{
    unsigned long crc = crc32(0, NULL, 0);
    z_stream s;
    memset(&s, 0, sizeof s);
    if (inflateInit(&s) != Z_OK)
        exit(1);
    s.next_in = packed;
    s.avail_in = (uInt)size;
    int result;
    do {
        s.next_out = out;
        s.avail_out = sizeof out;
        result = inflate(&s, Z_NO_FLUSH);
        crc = crc32(crc, out, (uInt)(sizeof out - s.avail_out));
    } while (result == Z_OK);
    printf("%d at %ld\n", result, (long)(s.next_in - packed));
    inflateEnd(&s);
    return crc;
}

int main(int argc, char **argv)
{
    FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
    unsigned char *packed = malloc(100 << 20);
    if (!file || !packed)
        return 2;
    unsigned long crc = crc32(0, NULL, 0);
    size_t size = pack(file, atoi(argv[2]), packed, &crc);
    printf("%s: %s\n", zlibVersion(), unpack(packed, size) == crc ? "same" : "different");

    z_stream s;
    memset(&s, 0, sizeof s);
    inflateInit(&s);
    s.next_in = (unsigned char *)"garbage!";
    s.avail_in = 8;
    s.next_out = out;
    s.avail_out = 10;
    int result = inflate(&s, Z_NO_FLUSH);
    printf("%d %s\n", result, s.msg);
    inflateEnd(&s);

    unsigned char text[100] = "hello hello hello";
    uLongf to = sizeof out, from = sizeof text;
    printf("%d", compress(out, &to, text, sizeof text));
    memset(text, 1, sizeof text);
    printf(" %d", uncompress(text, &from, out, to));
    printf(" %lu %lu %s\n", to, from, (char *)text);
    fclose(file);
    free(packed);
    return 0;
}
