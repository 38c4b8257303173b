# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
list(APPEND sources x86_64/decode.c x86_64/forms.c x86_64/groups.c x86_64/text.c x86_64/verify.c)
list(APPEND fast_sources x86_64/quick.c)
