// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* The C++ file of a binding: PREFIX.hpp, on <lfi/bind.hpp>. */
#include "model.h"

void emit_cpp(struct binding *b, struct text *t)
{
    (void)b;
    text_add(t, "\n");
}
