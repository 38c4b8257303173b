// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Watching files and directories. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

static int watcher;

/* What has happened since, in the order of the events. */
static void events(const char *when)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{IN_CREATE, "create"},    {IN_MODIFY, "modify"},   {IN_CLOSE_WRITE, "close"},
                 {IN_MOVED_FROM, "from"},  {IN_MOVED_TO, "to"},     {IN_DELETE, "delete"},
                 {IN_DELETE_SELF, "gone"}, {IN_IGNORED, "ignored"}, {IN_ATTRIB, "attribute"}};
    union {
        char bytes[4096];
        struct inotify_event event;
    } buffer;
    struct pollfd ready = {watcher, POLLIN, 0};
    printf("%s:", when);
    while (poll(&ready, 1, 0) == 1) {
        ssize_t size = read(watcher, &buffer, sizeof buffer);
        for (ssize_t at = 0; at < size;) {
            struct inotify_event *event = (void *)(buffer.bytes + at);
            for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
                if (event->mask & names[i].bit)
                    printf(" %d %s %s;", event->wd, names[i].name, event->len ? event->name : "-");
            at += (ssize_t)sizeof *event + event->len;
        }
    }
    puts("");
}

static void tell(const char *what, int result)
{
    printf("%s: %s\n", what, result < 0 ? strerror(errno) : "done");
}

int main(void)
{
    watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    mkdir("watched", 0700);
    close(open("watched/file", O_CREAT | O_WRONLY, 0600));
    int directory =
        inotify_add_watch(watcher, "watched", IN_CREATE | IN_DELETE | IN_MOVE | IN_ONLYDIR);
    int file =
        inotify_add_watch(watcher, "watched/file", IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE_SELF);
    printf("watches %d %d\n", directory, file);
    events("nothing");
    int fd = open("watched/file", O_WRONLY);
    (void)!write(fd, "text", 4);
    close(fd);
    events("written");
    rename("watched/file", "watched/other");
    close(open("watched/new", O_CREAT | O_WRONLY, 0600));
    events("names");
    symlink("other", "watched/link");
    printf("by a link %d\n", inotify_add_watch(watcher, "watched/link", IN_MODIFY | IN_MASK_ADD));
    tell("the link itself",
         inotify_add_watch(watcher, "watched/link", IN_ATTRIB | IN_DONT_FOLLOW) == 3 ? 0 : -1);
    unlink("watched/link");
    unlink("watched/new");
    unlink("watched/other");
    events("removed");
    tell("no such file", inotify_add_watch(watcher, "watched/none", IN_MODIFY));
    tell("no directory", inotify_add_watch(watcher, "/dev/null", IN_MODIFY | IN_ONLYDIR));
    tell("no watcher", inotify_add_watch(0, "watched", IN_MODIFY));
    tell("no events", inotify_add_watch(watcher, "watched", 0));
    tell("removed", inotify_rm_watch(watcher, directory));
    tell("removed again", inotify_rm_watch(watcher, directory));
    rmdir("watched");
    events("at last");
    return 0;
}
