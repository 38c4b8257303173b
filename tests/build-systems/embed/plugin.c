/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A host that loads liblfi.so (argv[1]) by dlopen(), uses it, and closes it: it must stay loaded,
 * as the handlers of faults are in it. They pass a fault of the host's own on to the host's
 * handler.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct lfi_error;

static void handler(int signal)
{
    (void)signal;
    _exit(0);
}

int main(int argc, char **argv)
{
    void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    int (*install)(int, struct lfi_error *);
    int (*prepare)(void);
    struct sigaction action;

    if (!library) {
        fprintf(stderr, "plugin: %s\n", argc == 2 ? dlerror() : "usage: plugin liblfi.so");
        return 1;
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGSEGV, &action, NULL);
    *(void **)&install = dlsym(library, "lfi_faults_install");
    *(void **)&prepare = dlsym(library, "lfi_thread_prepare");
    if (!install || !prepare || install(0, NULL) || prepare())
        return 2;
    dlclose(library);
    *(volatile char *)16 = 0;
    return 3;
}
