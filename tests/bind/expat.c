// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A host of expat that knows nothing of boxes: what it prints is the same with the drop-in. */
#include <expat.h>
#include <stdio.h>
#include <string.h>

struct state {
    int depth;
    unsigned long characters;
};

static void start(void *data, const char *name, const char **atts)
{
    struct state *state = data;
    printf("%*sstart %s", 2 * state->depth++, "", name);
    for (; *atts; atts += 2)
        printf(" %s=%s", atts[0], atts[1]);
    putchar('\n');
}

static void end(void *data, const char *name)
{
    struct state *state = data;
    printf("%*send %s\n", 2 * --state->depth, "", name);
}

static void text(void *data, const char *s, int length)
{
    struct state *state = data;
    for (int i = 0; i < length; i++)
        state->characters = state->characters * 31 + (unsigned char)s[i];
}

static void instruction(void *data, const char *target, const char *rest)
{
    (void)data;
    printf("instruction %s: %s\n", target, rest);
}

static void parse(const char *document)
{
    struct state state = {0, 0};
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, &state);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    XML_SetProcessingInstructionHandler(parser, instruction);
    enum XML_Status status = XML_STATUS_OK;
    for (size_t at = 0, size = strlen(document); at < size && status == XML_STATUS_OK; at += 7) {
        int part = (int)(size - at < 7 ? size - at : 7);
        status = XML_Parse(parser, document + at, part, at + 7 >= size);
    }
    printf("status %d: %s, line %lu, text %lx\n", (int)status,
           status == XML_STATUS_OK ? "good" : XML_ErrorString(XML_GetErrorCode(parser)),
           (unsigned long)XML_GetCurrentLineNumber(parser), state.characters);
    XML_ParserFree(parser);
}

int main(void)
{
    parse("<?style off?>\n<document kind='test' size=\"3\"><a/><b c='&lt;'>text &amp; more</b>\n"
          "</document>\n");
    parse("<document>\n<a></b></document>");
    parse("<a>&undefined;</a>");
    return 0;
}
