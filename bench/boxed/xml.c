// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * xml [callbacks]: parses a document of 8 MB, and prints how many milliseconds of processor time
 * that took. With callbacks for each element and text, or without any.
 */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZE = 8 << 20, PART = 65536 };

static void start(void *data, const char *name, const char **attributes)
{
    unsigned long *sum = data;
    for (; *name; name++)
        *sum = *sum * 31 + (unsigned char)*name;
    for (; *attributes; attributes++)
        ++*sum;
}

static void end(void *data, const char *name)
{
    (void)name;
    ++*(unsigned long *)data;
}

static void text(void *data, const char *s, int length)
{
    unsigned long *sum = data;
    for (int i = 0; i < length; i++)
        *sum = *sum * 31 + (unsigned char)s[i];
}

static void parse(const char *document, size_t size, int callbacks, unsigned long *sum)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    if (callbacks) {
        XML_SetUserData(parser, sum);
        XML_SetElementHandler(parser, start, end);
        XML_SetCharacterDataHandler(parser, text);
    }
    for (size_t at = 0; at < size; at += PART) {
        int part = (int)(size - at < PART ? size - at : PART);
        if (XML_Parse(parser, document + at, part, at + PART >= size) != XML_STATUS_OK)
            abort();
    }
    XML_ParserFree(parser);
}

int main(int argc, char **argv)
{
    (void)argv;
    static char document[SIZE + 256];
    size_t size = (size_t)sprintf(document, "<list>\n");
    for (int i = 0; size < SIZE; i++)
        size += (size_t)sprintf(document + size,
                                "<entry id=\"%d\" kind='word'><name>some name %x</name><text>lines "
                                "of text &amp; more of it</text></entry>\n",
                                i, i * 2654435761U);
    size += (size_t)sprintf(document + size, "</list>\n");
    unsigned long sum = 0;
    parse("<a/>", 4, argc > 1, &sum); /* opens the box */
    struct timespec a, b;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    parse(document, size, argc > 1, &sum);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    printf("%.3f %lx\n",
           1e3 * (double)(b.tv_sec - a.tv_sec) + 1e-6 * (double)(b.tv_nsec - a.tv_nsec), sum);
    return 0;
}
