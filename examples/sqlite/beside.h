// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Calls of sqlite that a binding cannot say: what they give lives as long as the statement, or is
 * needed longer than the call. */
#ifndef EXAMPLES_BESIDE_H
#define EXAMPLES_BESIDE_H

#include <sqlite3.h>

/* sqlite3_bind_text() with a copy of the text. */
int bind_text(sqlite3_stmt *statement, int at, const char *text, size_t size);

/* Copies, as long as there is room: the size of the whole. */
size_t column_text(sqlite3_stmt *statement, int at, char *text, size_t size);
size_t error_text(sqlite3 *database, char *text, size_t size);

#endif
