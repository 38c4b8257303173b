// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* What --stats prints. */
#ifndef LFI_RUN_STATS_H
#define LFI_RUN_STATS_H

#include <stdio.h>

#include <lfi/linux.h>

/* What lfi-run itself knows. */
struct run_stats {
    const char *program;
    int status;       /* lfi-run's */
    uint64_t loading; /* from the start to the first instruction of the program, in ns */
};

/* 0 or a negative errno value. */
int stats_table(FILE *out, const struct run_stats *run, struct lfi_process *process);
int stats_json(FILE *out, const struct run_stats *run, struct lfi_process *process);

#endif
