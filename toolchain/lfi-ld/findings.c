// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * A program that would not load is not made. People know their objects, not addresses in a file
 * that they never see: the linker's map says which object an address came from.
 */
#include "findings.h"

#include <ar.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "mark.h"
#include "modes.h"

/* A line without what it begins with: "TOOL: PROGRAM:" and the address "0x1234", if there is one.
 */
static const char *read_line(char *line, const char *prefix, uint64_t *address)
{
    char *text = line, *end;
    line[strcspn(line, "\n")] = 0;
    if (strncmp(text, prefix, strlen(prefix)) == 0)
        text += strlen(prefix);
    text += strspn(text, " ");
    *address = NO_ADDRESS;
    if (strncmp(text, "0x", 2) == 0) {
        *address = strtoull(text, &end, 16);
        text = end + strspn(end, ": ");
    }
    return text;
}

void findings_read(struct findings *findings, const char *tool, const char *program, int messages)
{
    char line[1024], prefix[PATH_MAX + 32];
    snprintf(prefix, sizeof prefix, "%s: %s:", tool, program);
    lseek(messages, 0, SEEK_SET);
    FILE *stream = fdopen(messages, "r");
    while (stream && findings->count < FINDINGS_MAX && fgets(line, sizeof line, stream)) {
        struct finding *finding = &findings->list[findings->count++];
        const char *text = read_line(line, prefix, &finding->address);
        /* A broken header is at a place in the file, not in the code. */
        if (strncmp(text, "elf-", 4) == 0)
            finding->address = NO_ADDRESS;
        snprintf(finding->text, sizeof finding->text, "%s", text);
    }
    if (stream)
        fclose(stream);
    else
        close(messages);
}

/* ---- the linker's map ---- */

/*
 * Lines of ld.lld's map: addresses, size, alignment, and at a column the name of an output section;
 * indented by 8 a piece of it, "OBJECT:(SECTION)"; by 16 a symbol.
 */
enum { MAP_PIECE = 49 + 8 };

struct piece {
    uint64_t address;
    char *object; /* in the line, as the next */
    char *section;
};

/* The sections behind those of the program, such as .comment, are at address 0. */
static bool is_behind(const char *line)
{
    uint64_t address;
    return strlen(line) > MAP_PIECE && line[MAP_PIECE - 8] != ' ' &&
           sscanf(line, "%" SCNx64, &address) == 1 && address == 0;
}

static bool read_piece(char *line, struct piece *piece, uint64_t *size)
{
    size_t length = strcspn(line, "\n");
    line[length] = 0;
    if (length <= MAP_PIECE || line[MAP_PIECE] == ' ' || line[MAP_PIECE - 1] != ' ' ||
        line[length - 1] != ')')
        return false;
    if (sscanf(line, "%" SCNx64 " %*x %" SCNx64, &piece->address, size) != 2)
        return false;
    line[length - 1] = 0;
    piece->object = line + MAP_PIECE;
    char *at = strstr(piece->object, ":(");
    for (char *next; at && (next = strstr(at + 1, ":("));)
        at = next;
    if (!at)
        return false;
    *at = 0;
    piece->section = at + 2;
    return true;
}

/* The piece that an address lies in; `line` belongs to it. */
static bool find_piece(const char *map, uint64_t address, struct piece *piece, char *line,
                       size_t room)
{
    FILE *stream = fopen(map, "r");
    uint64_t size;
    bool found = false;
    while (stream && !found && fgets(line, (int)room, stream) && !is_behind(line))
        found = read_piece(line, piece, &size) && address >= piece->address &&
                address - piece->address < size;
    if (stream)
        fclose(stream);
    return found;
}

/* ---- objects ---- */

/* The bytes of member `name` of an archive, GNU's format. */
static const char *find_member(const struct file *archive, const char *name, size_t *size)
{
    const char *bytes = archive->bytes, *names = NULL;
    size_t names_size = 0, wanted = strlen(name);
    for (size_t at = SARMAG; archive->size - at >= sizeof(struct ar_hdr);) {
        const struct ar_hdr *header = (const struct ar_hdr *)(bytes + at);
        char text[sizeof header->ar_size + 1] = {0};
        memcpy(text, header->ar_size, sizeof header->ar_size);
        at += sizeof *header;
        *size = strtoul(text, NULL, 10);
        if (*size > archive->size - at)
            return NULL;
        const char *its = header->ar_name;
        size_t room = sizeof header->ar_name;
        if (strncmp(its, "// ", 3) == 0) {
            names = bytes + at;
            names_size = *size;
        } else if (its[0] == '/' && its[1] >= '0' && its[1] <= '9') {
            size_t offset = strtoul(its + 1, NULL, 10);
            its = offset < names_size ? names + offset : "";
            room = offset < names_size ? names_size - offset : 0;
        }
        if (room > wanted && memcmp(its, name, wanted) == 0 && its[wanted] == '/')
            return bytes + at;
        at += *size + (*size & 1);
        if (at > archive->size)
            return NULL;
    }
    return NULL;
}

/* Whether lfi-as marked an object, "FILE" or "ARCHIVE(MEMBER)", for `mode`. True if it cannot be
 * read. */
static bool is_marked(const char *object, unsigned mode)
{
    char path[PATH_MAX], mark[64];
    struct file file;
    size_t length = strlen(object);
    snprintf(path, sizeof path, "%s", object);
    char *member = length && object[length - 1] == ')' ? strrchr(path, '(') : NULL;
    if (member) {
        path[length - 1] = 0;
        *member++ = 0;
    }
    if (!file_read(path, &file))
        return true;
    const char *bytes = file.bytes;
    size_t size = file.size;
    if (member && size >= SARMAG && memcmp(bytes, ARMAG, SARMAG) == 0)
        bytes = find_member(&file, member, &size);
    snprintf(mark, sizeof mark, MARK_TEXT, mode_name(mode));
    bool marked = !bytes || size < 4 || memcmp(bytes, "\177ELF", 4) != 0 ||
                  memmem(bytes, size, mark, strlen(mark) + 1);
    free(file.bytes);
    return marked;
}

void findings_print(const struct findings *findings, const char *map, const char *output,
                    unsigned mode)
{
    char line[PATH_MAX + 256], former[PATH_MAX] = "";
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        struct piece piece;
        if (finding->address == NO_ADDRESS) {
            fprintf(stderr, "lfi-ld: %s: %s\n", output, finding->text);
        } else if (!find_piece(map, finding->address, &piece, line, sizeof line)) {
            fprintf(stderr,
                    "lfi-ld: %s: 0x%" PRIx64 ": in no section; link without --no-rosegment: %s\n",
                    output, finding->address, finding->text);
            return; /* and so is all that follows */
        } else if (strcmp(piece.section, ".iplt") == 0) {
            fprintf(stderr,
                    "lfi-ld: %s: functions that are chosen when the program starts (ifunc) "
                    "cannot be in a box: call through a pointer\n",
                    output);
            return;
        } else if (strcmp(piece.object, former) != 0) {
            fprintf(stderr, "lfi-ld: %s: ", piece.object);
            if (!is_marked(piece.object, mode))
                fprintf(stderr, "not assembled by lfi-as for %s: ", mode_name(mode));
            fprintf(stderr, "%s+0x%" PRIx64 ": %s\n", piece.section,
                    finding->address - piece.address, finding->text);
            snprintf(former, sizeof former, "%s", piece.object);
        }
    }
    if (findings->count == FINDINGS_MAX)
        fputs("lfi-ld: there may be more\n", stderr);
}
