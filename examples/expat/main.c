// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A program that uses expat and knows nothing of boxes: a handler gets each element, and the host's
 * data by a number that the box only passes back. Linked with the drop-in binding, expat runs in a
 * box, and a document that is not well formed is an error, as always.
 */
#include <stdio.h>
#include <string.h>

#include <expat.h>

struct state {
    int depth;
};

static void start(void *data, const char *name, const char **attributes)
{
    struct state *state = data;
    printf("%*s%s", 2 * state->depth++, "", name);
    for (; attributes[0] && attributes[1]; attributes += 2)
        printf(" %s=%s", attributes[0], attributes[1]);
    putchar('\n');
}

/* The box may call this more often than the other. */
static void end(void *data, const char *name)
{
    struct state *state = data;
    (void)name;
    if (state->depth > 0)
        state->depth--;
}

static int parse(const char *document)
{
    struct state state = {0};
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser)
        return 1;
    XML_SetUserData(parser, &state);
    XML_SetElementHandler(parser, start, end);
    enum XML_Status status = XML_Parse(parser, document, (int)strlen(document), 1);
    if (status != XML_STATUS_OK)
        printf("line %lu: %s\n", (unsigned long)XML_GetCurrentLineNumber(parser),
               XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    return 0;
}

int main(void)
{
    return parse("<list kind='short'><entry n=\"1\"/><entry n=\"2\"><text/></entry></list>") ||
           parse("<list>\n<entry></list>");
}
