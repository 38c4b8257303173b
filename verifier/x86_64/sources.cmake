# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
list(APPEND fast_sources x86_64/quick.c)
