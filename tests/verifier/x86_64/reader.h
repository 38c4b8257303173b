// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * The reader of verifier/x86_64/explain/ as an oracle: in the verifier it only writes messages,
 * here it decides.
 */
#ifndef TEST_READER_H
#define TEST_READER_H

#include <stdbool.h>
#include <stdint.h>

#include <lfi/verifier.h>

struct reader;

struct reader *reader_new(unsigned mode);
void reader_delete(struct reader *reader);

bool reader_accepts(struct reader *reader, const struct lfi_code *code);

/*
 * The length of the instruction at bytes, or 0 if its encoding breaks a rule. *may_head: a group
 * may start with it, or it writes rsp.
 */
unsigned reader_length(const struct reader *reader, const uint8_t *bytes, bool *may_head);

#endif
