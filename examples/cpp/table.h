// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifdef __cplusplus
extern "C" {
#endif

struct entry {
    int key;
    int value;
};

/* The entry of a key in the library's table, or NULL. */
struct entry *find(int key);

/* Calls `visit` for each. */
void each(void (*visit)(struct entry *entry));

#ifdef __cplusplus
}
#endif
