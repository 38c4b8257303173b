# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
list(APPEND sources
    x86_64/changes.c x86_64/control.c x86_64/frame.c x86_64/implicit.c x86_64/insns.c
    x86_64/liveness.c x86_64/r11.c x86_64/memory.c x86_64/operands.c x86_64/prefixes.c x86_64/print.c x86_64/registers.c
    x86_64/rewrite.c x86_64/runtime.c x86_64/stack.c x86_64/string.c x86_64/thread.c)
