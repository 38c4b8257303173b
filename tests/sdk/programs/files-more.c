// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Extended attributes, syncfs, and what a terminal of the program's own can do. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

static void tell(const char *what, long result)
{
    if (result == -1)
        printf("%s: %s\n", what,
               errno == ENOTSUP   ? "not supported"
               : errno == ENODATA ? "no attribute"
               : errno == ERANGE  ? "range"
               : errno == ENOTTY  ? "no terminal"
                                  : strerror(errno));
    else
        printf("%s: %ld\n", what, result);
}

static void attributes(void)
{
    char value[64] = "", names[256] = "", long_name[300];
    int fd = open("attributes", O_RDWR | O_CREAT | O_TRUNC, 0600);
    tell("set", setxattr("attributes", "user.one", "first", 5, 0)); /* as most file systems do */
    tell("create", fsetxattr(fd, "user.two", "2", 1, XATTR_CREATE));
    tell("create again", fsetxattr(fd, "user.two", "2", 1, XATTR_CREATE));
    tell("get", getxattr("attributes", "user.one", value, sizeof value));
    puts(value);
    tell("size", fgetxattr(fd, "user.one", NULL, 0));
    tell("small", fgetxattr(fd, "user.one", value, 2));
    tell("none", lgetxattr("attributes", "user.three", value, sizeof value));
    tell("list", listxattr("attributes", names, sizeof names));
    tell("as long", flistxattr(fd, NULL, 0));
    tell("small list", flistxattr(fd, names, 3));
    memset(long_name, 'a', sizeof long_name);
    memcpy(long_name, "user.", 5);
    long_name[299] = 0;
    tell("long name", getxattr("attributes", long_name, NULL, 0));
    tell("no name", getxattr("attributes", "", NULL, 0));
    (void)!symlink("attributes", "attributes.link");
    tell("through a link", getxattr("attributes.link", "user.one", NULL, 0));
    tell("of a link", lsetxattr("attributes.link", "user.one", "1", 1, 0));
    (void)!mkfifo("attributes.fifo", 0600);
    tell("of a FIFO", setxattr("attributes.fifo", "user.one", "1", 1, 0));
    tell("remove", removexattr("attributes", "user.one"));
    tell("remove again", fremovexattr(fd, "user.one"));
    tell("no file", getxattr("attributes.none", "user.one", NULL, 0));
    close(fd);
    tell("closed", fgetxattr(fd, "user.two", NULL, 0));
    unlink("attributes");
    unlink("attributes.link");
    unlink("attributes.fifo");
}

static void terminal(void)
{
    struct winsize size = {24, 80, 0, 0}, told = {0};
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), number = -1, zero = 0;
    tell("unlock", ioctl(master, TIOCSPTLCK, &zero));
    tell("number", ioctl(master, TIOCGPTN, &number));
    tell("set size", ioctl(master, TIOCSWINSZ, &size));
    tell("get size", ioctl(master, TIOCGWINSZ, &told));
    printf("%d %d, %d\n", told.ws_row, told.ws_col, number >= 0);
    tell("drain", tcdrain(master));
    tell("flush", tcflush(master, TCIOFLUSH));
    close(master);
    int file = open("attributes", O_RDWR | O_CREAT, 0600);
    tell("flush a file", tcflush(file, TCIFLUSH));
    tell("drain a file", tcdrain(file));
    tell("size of a file", ioctl(file, TIOCSWINSZ, &size));
    close(file);
    unlink("attributes");
}

static void splices(void)
{
    int from[2], to[2];
    char text[16] = "";
    if (pipe(from) || pipe(to) || write(from[1], "abcdef", 6) != 6)
        return;
    /* where it is not possible, as behind the second wall, programs read and write */
    long result = tee(from[0], to[1], 6, 0);
    if (result == -1 && errno == EINVAL)
        result = read(from[0], text, 6) == 6 ? write(to[1], text, 6) : -1;
    tell("tee", result);
    result = read(to[0], text, sizeof text);
    printf("%ld %s\n", result, text);
}

int main(void)
{
    attributes();
    terminal();
    splices();
    int fd = open(".", O_RDONLY);
    tell("syncfs", syncfs(fd));
    tell("of no file", syncfs(-1));
    return 0;
}
