// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A frame of C between the thrower and the catcher. */
int through_c(int (*callback)(int), int argument);

int through_c(int (*callback)(int), int argument)
{
    volatile int room[8] = {argument};
    return callback(room[0]) + room[1];
}
