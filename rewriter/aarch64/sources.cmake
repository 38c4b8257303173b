# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
list(APPEND sources
    aarch64/base.c aarch64/changes.c aarch64/control.c aarch64/encoded.c aarch64/flow.c aarch64/forms.c
    aarch64/frame.c aarch64/insns.c aarch64/literal.c aarch64/memory.c aarch64/operands.c
    aarch64/pages.c aarch64/print.c aarch64/registers.c aarch64/rewrite.c aarch64/saved.c
    aarch64/stack.c aarch64/system.c aarch64/tables.c aarch64/walk.c)
