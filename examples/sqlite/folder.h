// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The host's side of files.h: files of one folder, and nothing else, whatever the box asks for. */
#ifndef EXAMPLES_FOLDER_H
#define EXAMPLES_FOLDER_H

#include "files.h"

enum { FOLDER_FILES = 16 };

struct folder {
    int fd; /* of the folder */
    struct {
        int fd;
        int flags;
    } files[FOLDER_FILES]; /* that are open; -1 */
};

/* False with errno. */
_Bool folder_open(struct folder *folder, const char *path);
void folder_close(struct folder *folder);

/* Its callbacks. `folder` must outlive the box, which has a single thread. */
struct files folder_files(struct folder *folder);

#endif
