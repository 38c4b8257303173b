// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Attack number `n`: how often the host gave what it must not, or -1 where there are no more.
 * `outside`: the path of a file. */
int attack(int n, const char *outside);
