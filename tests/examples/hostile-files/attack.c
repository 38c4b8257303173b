// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A box that asks the host of examples/sqlite for all but what it may have. It looks for the word
 * that the host put into the files outside, and counts what succeeds.
 */
#include "attack.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

static struct files files;

void files_set(const struct files *set)
{
    files = *set;
}

static const char *const names[] = {
    "../secret", ".",    "..", "link",    "link-up",       "sub/../../secret",  "sub",
    "sub/file",  "fifo", "",   ".hidden", "a\\..\\secret", "link-up/../secret", "new\nline",
};
static const int numbers[] = {-1, INT_MIN, 0, 1, 2, 3, 15, 16, 17, 1023, 1 << 16, -100, INT_MAX};
static const int64_t places[] = {-1, INT64_MIN, INT64_MAX, 1LL << 40, INT64_MAX - 4096};

#define COUNT(list) (int)(sizeof(list) / sizeof *(list))

static int holds_secret(const unsigned char *bytes, size_t size)
{
    return memmem(bytes, size, "word of outside", 15) != NULL;
}

static int by_name(const char *name)
{
    static unsigned char bytes[4096];
    int won = 0;
    for (int flags = 0; flags < 4; flags++) {
        int file = files.open(files.data, name, flags);
        if (file < 0)
            continue;
        won++;
        files.read(files.data, file, bytes, sizeof bytes, 0);
        won += holds_secret(bytes, sizeof bytes);
        files.write(files.data, file, (const unsigned char *)"gone", 4, 0);
        files.truncate(files.data, file, 0);
        files.close(files.data, file);
    }
    won += files.remove(files.data, name) == 0;
    return won + (files.exists(files.data, name) != 0);
}

/* Nothing is open. */
static int by_number(int number)
{
    static unsigned char bytes[4096];
    int won = files.read(files.data, number, bytes, sizeof bytes, 0) > 0;
    won += files.write(files.data, number, bytes, sizeof bytes, 0) == 0;
    won += files.truncate(files.data, number, 0) == 0;
    won += files.sync(files.data, number) == 0;
    won += files.size(files.data, number) >= 0;
    files.close(files.data, number);
    return won;
}

static int by_place(int64_t place)
{
    static unsigned char bytes[4096];
    int file = files.open(files.data, "own", FILE_WRITE | FILE_CREATE);
    if (file < 0)
        return 1000; /* this one it may have */
    int won = files.read(files.data, file, bytes, sizeof bytes, place) >= 0;
    won += files.write(files.data, file, bytes, sizeof bytes, place) == 0;
    won += files.truncate(files.data, file, place) == 0;
    files.close(files.data, file);
    return won;
}

/* A file that it may only read, and more files than there may be. */
static int by_right(void)
{
    int got[100], won = 0;
    int file = files.open(files.data, "own", 0);
    won += files.write(files.data, file, (const unsigned char *)"x", 1, 0) == 0;
    won += files.truncate(files.data, file, 0) == 0;
    files.close(files.data, file);
    for (int i = 0; i < 100; i++)
        got[i] = files.open(files.data, "own", FILE_WRITE);
    for (int i = 0; i < 100; i++) {
        won += i >= 16 && got[i] >= 0;
        if (got[i] >= 0)
            files.close(files.data, got[i]);
    }
    return won;
}

/* These end the call: buffers that are none, of sizes that are none, and data of no one. */
static int by_pointer(int n)
{
    int file = files.open(files.data, "own", FILE_WRITE | FILE_CREATE);
    unsigned char *stack = (unsigned char *)&file;
    switch (n) {
    case 0:
        return files.read(files.data, file, (unsigned char *)8, 4096, 0) > 0;
    case 1:
        return files.write(files.data, file, (const unsigned char *)8, 4096, 0) == 0;
    case 2:
        return files.write(files.data, file, stack, UINT32_MAX, 0) == 0;
    case 3:
        return files.read(files.data, file, stack, UINT32_MAX, 0) > 0;
    case 4:
        return files.open((void *)0x1234567812345678, "own", FILE_WRITE) >= 0;
    case 5:
        return files.open(files.data, (const char *)0xfffffff0, FILE_WRITE) >= 0;
    case 6: {
        size_t size = 4 << 20;
        char *name = malloc(size);
        memset(name, 'a', size);
        name[size - 1] = 0;
        return files.open(files.data, name, FILE_WRITE | FILE_CREATE) >= 0;
    }
    default:
        return -1;
    }
}

int attack(int n, const char *outside)
{
    if (n-- == 0)
        return by_name(outside);
    if (n < COUNT(names))
        return by_name(names[n]);
    n -= COUNT(names);
    if (n < COUNT(numbers))
        return by_number(numbers[n]);
    n -= COUNT(numbers);
    if (n < COUNT(places))
        return by_place(places[n]);
    n -= COUNT(places);
    return n == 0 ? by_right() : by_pointer(n - 1);
}
