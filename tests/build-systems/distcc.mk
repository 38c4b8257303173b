# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# All C files of the folder, one program.
CFLAGS = -O2
objects := $(patsubst %.c,%.o,$(wildcard *.c))

program: $(objects)
	$(CC) $(objects) -o $@
