// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Runs an assembler that expands macros, or assembles what is then disassembled. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <lfi/rewriter.h>

#include "process.h"

struct buffer {
    char *bytes;
    size_t size, capacity;
};

static bool read_some(int fd, struct buffer *b, bool *end)
{
    if (b->capacity - b->size < 65536) {
        size_t capacity = b->capacity ? b->capacity * 2 : 262144;
        char *grown = realloc(b->bytes, capacity);
        if (!grown)
            return false;
        b->bytes = grown;
        b->capacity = capacity;
    }
    ssize_t n = read(fd, b->bytes + b->size, b->capacity - b->size);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    b->size += (size_t)n;
    *end = n == 0;
    return true;
}

/* Sends the text and receives at the same time, so that neither side waits for the other. */
static bool exchange(int to, int from, const char *text, size_t size, struct buffer *b)
{
    bool sending = true, end = false;
    while (!end) {
        struct pollfd fds[2] = {{.fd = from, .events = POLLIN},
                                {.fd = sending ? to : -1, .events = POLLOUT}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        if (fds[1].revents) {
            /* the child may end early: its exit status tells whether that is an error */
            ssize_t n = size ? send(to, text, size, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
            if (n > 0) {
                text += n;
                size -= (size_t)n;
            }
            if (size == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
                shutdown(to, SHUT_WR);
                sending = false;
            }
        }
        if (fds[0].revents && !read_some(from, b, &end))
            return false;
    }
    return true;
}

bool lfi_expand(const char *const command[], const char *text, size_t size, char **out,
                size_t *out_size)
{
    int to[2], from[2], error = 0;
    struct buffer b = {0};
    pid_t child;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) < 0)
        return false;
    if (pipe2(from, O_CLOEXEC) < 0) {
        error = errno;
        close(to[0]);
        close(to[1]);
        errno = error;
        return false;
    }
    child = process_start(command, to[1], from[1], -1);
    error = child < 0 ? errno : 0;
    close(to[1]);
    close(from[1]);
    if (!error) {
        if (!exchange(to[0], from[0], text, size, &b))
            error = errno;
        close(to[0]);
        close(from[0]);
        if (process_finish(child) != 0 && !error)
            error = ECHILD;
    } else {
        close(to[0]);
        close(from[0]);
    }
    if (error) {
        free(b.bytes);
        errno = error;
        return false;
    }
    *out = b.bytes;
    *out_size = b.size;
    return true;
}

bool lfi_decode(const char *const assembler[], const char *const disassembler[], const char *text,
                size_t size, char **out, size_t *out_size)
{
    char *object;
    size_t object_size;
    if (!lfi_expand(assembler, text, size, &object, &object_size))
        return false;
    bool good = lfi_expand(disassembler, object, object_size, out, out_size);
    int error = errno;
    free(object);
    errno = error;
    return good;
}
