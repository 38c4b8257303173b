// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* A library of several pieces: two sources of one name, one in C++, an archive that
 * needs a library by -l. */
#ifdef __cplusplus
extern "C" {
#endif
int parts_one(void);
int parts_two(void);
int parts_sorted(int a, int b, int c); /* the middle one */
int parts_archive(void);
int parts_generated(void);
#ifdef __cplusplus
}
#endif
