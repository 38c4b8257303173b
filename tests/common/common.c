// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Files, outputs, other programs, and the names of modes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lfi/abi.h>

#include "file.h"
#include "modes.h"
#include "output.h"
#include "process.h"

static char folder[] = "/tmp/lfi-common-XXXXXX";

static int enter_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    const char *const command[] = {"rm", "-rf", folder, NULL};
    return chdir("/") == 0 ? process_finish(process_start(command, -1, -1, -1)) : -1;
}

static void put_file(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_true(file_write(fd, bytes, size));
    close(fd);
}

static void assert_file(const char *path, const char *text)
{
    struct file file;
    assert_true(file_read(path, &file));
    assert_string_equal(file.bytes, text);
    free(file.bytes);
}

/* Does the folder hold nothing but these, which `ls` prints? */
static void assert_files(const char *names)
{
    char text[256] = "";
    FILE *stream = popen("ls -A | tr '\\n' ' '", "r");
    assert_non_null(stream);
    size_t size = fread(text, 1, sizeof text - 1, stream);
    pclose(stream);
    text[size] = 0;
    assert_string_equal(text, names);
    assert_int_equal(process_finish(process_start(
                         (const char *const[]){"sh", "-c", "rm -rf ./*", NULL}, -1, -1, -1)),
                     0);
}

static void modes(void **state)
{
    (void)state;
    for (unsigned mode = LFI_MODE_FULL; mode <= LFI_MODE_JUMPS; mode++) {
        assert_int_equal(mode_from_name(mode_name(mode)), mode);
        assert_non_null(strstr(MODE_NAMES, mode_name(mode)));
    }
    assert_int_equal(mode_from_name("jumps"), LFI_MODE_JUMPS);
    assert_int_equal(mode_from_name("Full"), -1);
    assert_int_equal(mode_from_name(""), -1);
    assert_string_equal(mode_name(LFI_MODE_UNSET), "unknown");
}

static void read_files(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
    char *bytes = malloc(300000);
    for (size_t i = 0; i < 300000; i++)
        bytes[i] = (char)(i * 7 % 251);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct file file;
        put_file("file", bytes, sizes[i]);
        chmod("file", 0640);
        assert_true(file_read("file", &file));
        assert_int_equal(file.size, sizes[i]);
        assert_memory_equal(file.bytes, bytes, sizes[i]);
        assert_int_equal(((char *)file.bytes)[sizes[i]], 0);
        assert_int_equal(file.mode, 0640);
        free(file.bytes);
    }
    /* a pipe, whose size is not known */
    int ends[2], standard = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    const char *const command[] = {"cat", "file", NULL};
    pid_t pid = process_start(command, -1, ends[1], -1);
    close(ends[1]);
    struct file file;
    dup2(ends[0], STDIN_FILENO);
    assert_true(file_read_input("-", &file));
    assert_int_equal(file.size, 300000);
    assert_memory_equal(file.bytes, bytes, file.size);
    assert_int_equal(process_finish(pid), 0);
    free(file.bytes);
    dup2(standard, STDIN_FILENO);
    close(standard);
    close(ends[0]);
    free(bytes);

    assert_false(file_read("missing", &file));
    assert_int_equal(errno, ENOENT);
    assert_null(file.bytes);
    assert_false(file_read(".", &file));
    assert_int_equal(errno, EISDIR);
    assert_null(file.bytes);
    assert_false(file_read("-", &file)); /* a name like any other */
    assert_int_equal(errno, ENOENT);
    assert_files("file ");
}

static void outputs(void **state)
{
    (void)state;
    struct output output;
    struct stat status;
    put_file("old", "old", 3);
    assert_int_equal(symlink("old", "link"), 0);

    assert_true(output_open(&output, "old", OUTPUT_WRITE, 0751));
    assert_true(file_write(output.fd, "new", 3));
    assert_file("old", "old");
    assert_true(output_commit(&output));
    assert_file("old", "new");
    assert_int_equal(stat("old", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0751);

    /* through a link, by another program */
    assert_true(output_open(&output, "link", OUTPUT_NAME, OUTPUT_MODE));
    assert_int_equal(output.fd, -1);
    put_file(output.temporary, "newer", 5);
    assert_true(output_commit(&output));
    assert_file("old", "newer");
    assert_int_equal(lstat("link", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    umask(027);
    assert_true(output_open(&output, "made", OUTPUT_NAME, OUTPUT_MODE));
    assert_true(output_commit(&output));
    umask(022);
    assert_int_equal(stat("made", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);

    assert_true(output_open(&output, "old", OUTPUT_WRITE, OUTPUT_MODE));
    assert_true(file_write(output.fd, "worst", 5));
    output_discard(&output);
    assert_file("old", "newer");
    assert_files("link made old ");
}

/* What is not a regular file stays what it is. */
static void special_outputs(void **state)
{
    (void)state;
    struct output output;
    struct stat status;
    setenv("TMPDIR", folder, 1);
    for (enum output_use use = OUTPUT_WRITE; use <= OUTPUT_NAME; use++) {
        assert_true(output_open(&output, "/dev/full", use, OUTPUT_MODE));
        if (use == OUTPUT_NAME)
            put_file(output.temporary, "text", 4);
        else
            assert_false(file_write(output.fd, "text", 4));
        assert_int_equal(output_commit(&output), use == OUTPUT_WRITE);
        assert_int_equal(stat("/dev/full", &status), 0);
        assert_true(S_ISCHR(status.st_mode));
        assert_false(output_open(&output, ".", use, OUTPUT_MODE));
        assert_int_equal(errno, EISDIR);
        assert_false(output_open(&output, "nowhere/out", use, OUTPUT_MODE));
        assert_int_equal(errno, ENOENT);
    }
    unsetenv("TMPDIR");
    assert_files("");
}

static void cleaned_on_signal(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct output output;
        if (!output_open(&output, "out", OUTPUT_NAME, OUTPUT_MODE))
            _exit(1);
        output_clean_on_signal(&output);
        raise(SIGTERM);
        _exit(2);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_files("");
}

static void processes(void **state)
{
    (void)state;
    const char *const missing[] = {"/nonexistent/program", NULL};
    struct arguments arguments = {0}, more = {0};
    for (const char *const *word = (const char *const[]){"sh", "-c", "exit $#", "sh", NULL}; *word;
         word++)
        arguments_add(&arguments, *word);
    for (unsigned i = 0; i < 100; i++)
        arguments_add(&more, "word");
    arguments_add_all(&arguments, &more);
    assert_int_equal(process_finish(process_start_arguments(&arguments, -1, -1, -1)), 100);
    more.failed = true; /* as if memory had been missing for a word */
    arguments_add_all(&arguments, &more);
    assert_int_equal(process_start_arguments(&arguments, -1, -1, -1), -1);
    assert_int_equal(errno, ENOMEM);
    arguments_free(&arguments);
    arguments_free(&more);

    assert_int_equal(process_start(missing, -1, -1, -1), -1);
    assert_int_equal(errno, ENOENT);
    const char *const killed[] = {"sh", "-c", "kill -PIPE $$", NULL};
    signal(SIGPIPE, SIG_IGN); /* which the program does not inherit */
    assert_int_equal(process_finish(process_start(killed, -1, -1, -1)), 128 + SIGPIPE);
    signal(SIGPIPE, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes),
        cmocka_unit_test(read_files),
        cmocka_unit_test(outputs),
        cmocka_unit_test(special_outputs),
        cmocka_unit_test(cleaned_on_signal),
        cmocka_unit_test(processes),
    };
    return cmocka_run_group_tests_name("common", tests, enter_folder, remove_folder);
}
