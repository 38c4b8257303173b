// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Files and directories, in a folder of its own below /tmp. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#define CHECK(what)                                                    \
    do {                                                               \
        errno = 0;                                                     \
        if (!(what))                                                   \
            printf("line %d: %s: errno %d\n", __LINE__, #what, errno); \
    } while (0)

int main(void)
{
    char top[] = "/tmp/lfi-files-XXXXXX", path[PATH_MAX], text[64] = "";
    struct stat status;
    CHECK(mkdtemp(top));
    CHECK(!chdir(top));
    CHECK(getcwd(path, sizeof path) && !strcmp(path, top));
    umask(022);

    int fd = open("a", O_RDWR | O_CREAT | O_EXCL, 0666);
    CHECK(fd >= 0);
    CHECK(open("a", O_RDWR | O_CREAT | O_EXCL, 0666) == -1 && errno == EEXIST);
    CHECK(!fstat(fd, &status) && (status.st_mode & 07777) == 0644);
    struct iovec parts[3] = {{"one ", 4}, {"", 0}, {"two", 3}};
    CHECK(writev(fd, parts, 3) == 7);
    CHECK(pwrite(fd, "ONE", 3, 0) == 3);
    CHECK(lseek(fd, 0, SEEK_CUR) == 7);
    CHECK(pread(fd, text, 7, 0) == 7 && !strcmp(text, "ONE two"));
    char first[4] = "", second[4] = "";
    struct iovec into[2] = {{first, 3}, {second, 3}};
    CHECK(preadv(fd, into, 2, 0) == 6 && !strcmp(first, "ONE") && !strcmp(second, " tw"));
    CHECK(!ftruncate(fd, 3) && !fstat(fd, &status) && status.st_size == 3);
    CHECK(!posix_fallocate(fd, 0, 8192) && !fstat(fd, &status) && status.st_size == 8192);
    CHECK(!fsync(fd) && !fdatasync(fd));
    CHECK(!fchmod(fd, 0600) && !stat("a", &status) && (status.st_mode & 07777) == 0600);
    CHECK(!flock(fd, LOCK_EX) && !flock(fd, LOCK_UN));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
    CHECK(!fcntl(fd, F_SETLK, &lock) && !fcntl(fd, F_GETLK, &lock) && lock.l_type == F_UNLCK);

    char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED && !memcmp(mapped, "ONE", 3));
    memcpy(mapped, "map", 3);
    CHECK(!msync(mapped, 8192, MS_SYNC) && pread(fd, text, 3, 0) == 3 && !memcmp(text, "map", 3));
    CHECK(!munmap(mapped, 8192));
#ifdef __LFI__
    CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED &&
          errno == EACCES);
#endif

    int copy = dup(fd), high = fcntl(fd, F_DUPFD_CLOEXEC, 100);
    CHECK(copy > fd && high == 100 && fcntl(high, F_GETFD) == FD_CLOEXEC &&
          fcntl(copy, F_GETFD) == 0);
    CHECK(dup2(copy, 200) == 200 && lseek(200, 5, SEEK_SET) == 5 && lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(dup2(fd, fd) == fd && dup3(fd, fd, 0) == -1 && errno == EINVAL);
    CHECK(!close(200) && close(200) == -1 && errno == EBADF);
    CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && !fcntl(fd, F_SETFL, O_APPEND) &&
          (fcntl(fd, F_GETFL) & O_APPEND));
    CHECK(!isatty(fd) && errno == ENOTTY);

    CHECK(!mkdir("d", 0755) && mkdir("d", 0755) == -1 && errno == EEXIST);
    CHECK(!mkdir("d/e/", 0755));
    CHECK(!rename("a", "d/b") && access("a", F_OK) == -1 && errno == ENOENT &&
          !access("d/b", R_OK | W_OK));
    CHECK(!symlink("d/b", "link") && !lstat("link", &status) && S_ISLNK(status.st_mode));
    CHECK(!stat("link", &status) && S_ISREG(status.st_mode));
    CHECK(readlink("link", path, sizeof path) == 3 && !memcmp(path, "d/b", 3));
    CHECK(!link("d/b", "d/c") && !stat("d/c", &status) && status.st_nlink == 2);
    CHECK(open("link", O_RDONLY | O_NOFOLLOW) == -1 && errno == ELOOP);
    CHECK(!chmod("link", 0640) && !stat("d/b", &status) && (status.st_mode & 07777) == 0640);
    CHECK(realpath("link", path) && !strncmp(path, top, strlen(top)) &&
          !strcmp(path + strlen(top), "/d/b"));
    struct timespec times[2] = {{1000000000, 0}, {1234567890, 5000}};
    CHECK(!utimensat(AT_FDCWD, "link", times, 0) && !stat("d/b", &status) &&
          status.st_mtim.tv_sec == 1234567890);
    CHECK(!truncate("d/b", 100) && !stat("d/b", &status) && status.st_size == 100);
    struct statvfs system;
    CHECK(!statvfs(".", &system) && system.f_bsize > 0);

    int directory = open("d", O_RDONLY | O_DIRECTORY);
    CHECK(directory >= 0 && !fstatat(directory, "b", &status, 0) && status.st_size == 100);
    CHECK(!fstatat(directory, "", &status, AT_EMPTY_PATH) && S_ISDIR(status.st_mode));
    CHECK(!mkdirat(directory, "f", 0700) && !renameat(directory, "f", AT_FDCWD, "g") &&
          !rmdir("g"));
    int inner = openat(directory, "../d/b", O_RDONLY);
    CHECK(inner >= 0 && read(inner, text, 3) == 3);
    CHECK(!fchdir(directory) && getcwd(path, sizeof path) && !strcmp(path + strlen(top), "/d"));
    CHECK(!stat("b", &status) && !chdir(".."));

    DIR *list = fdopendir(directory);
    int seen = 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        if (entry->d_name[0] >= 'a' && !entry->d_name[1])
            seen |= 1 << (entry->d_name[0] - 'a');
    }
    CHECK(seen == (1 << 1 | 1 << 2 | 1 << 4)); /* b, c, e */
    closedir(list);

    CHECK(rmdir("d") == -1 && errno == ENOTEMPTY);
    CHECK(unlink("d") == -1 && (errno == EISDIR || errno == EPERM));
    CHECK(!unlink("link") && !unlink("d/b") && !unlink("d/c") && !rmdir("d/e") && !rmdir("d"));
    CHECK(open("d/x", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(open("", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(stat((char *)8, &status) == -1 && errno == EFAULT);
    CHECK(!mkfifo("fifo", 0600) && !stat("fifo", &status) && S_ISFIFO(status.st_mode) &&
          !unlink("fifo"));

    FILE *stream = tmpfile();
    CHECK(stream && fputs("stream", stream) >= 0 && !fseek(stream, 0, SEEK_SET) &&
          fgets(text, sizeof text, stream) && !strcmp(text, "stream"));
    if (stream)
        fclose(stream);

    /* Descriptors by name, whatever their numbers are on the host. */
    static const char *const names[] = {"/proc/self/fd/40", "/proc/thread-self/fd/40", "/dev/fd/40",
                                        "/dev/stdin"};
    fd = open("named", O_RDWR | O_CREAT, 0600);
    CHECK(write(fd, "named", 5) == 5 && dup2(fd, 40) == 40 && dup2(fd, 0) == 0 && !close(fd));
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        memset(text, 0, sizeof text);
        int other = open(names[i], O_RDONLY);
        CHECK(read(other, text, sizeof text - 1) == 5 && !strcmp(text, "named") && !close(other));
    }
    CHECK(!close(40) && open("/dev/fd/40", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(open("/dev/fd/4000000000", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(!unlink("named"));
    CHECK(!chdir("/") && !rmdir(top));
#ifdef __LFI__
    CHECK(open("/proc/self/mem", O_RDWR) == -1 && errno == EACCES);
    CHECK(open("/proc/self/mem", O_RDONLY) == -1 && errno == EACCES);
#endif
    puts("done");
    return 0;
}
