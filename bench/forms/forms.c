// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Times the forms of forms.S, interleaved; prints the minimum of each, relative to `native`. */
#include <asm/prctl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef int form(int);
form native, call_ends_bundle, jump_return, masked_return, masked_kept_prediction;
int call_form(form *run, int depth);

static const struct {
    const char *name;
    form *run;
} forms[] = {
    {"native", native},
    {"native again", native},
    {"call ends its bundle", call_ends_bundle},
    {"and return by jump", jump_return},
    {"and the jump masked", masked_return},
    {"masked, then ret", masked_kept_prediction},
};
enum { FORMS = sizeof forms / sizeof *forms, ROUNDS = 9, DEPTH = 34, RESULT = 5702887 };
#define BASE_SLOT 0x2f020 /* of forms.S: %gs:0x2f020 is `base` */

static double seconds(form *run)
{
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    int result = call_form(run, DEPTH);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    if (result != RESULT)
        return -1;
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
}

int main(void)
{
    uint64_t base = (uint64_t)(uintptr_t)native & ~(uint64_t)UINT32_MAX;
    if (syscall(SYS_arch_prctl, ARCH_SET_GS, (uintptr_t)&base - BASE_SLOT) != 0) {
        perror("forms: arch_prctl");
        return 1;
    }
    double least[FORMS];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < FORMS; i++) {
            double time = seconds(forms[i].run);
            if (time < 0) {
                fprintf(stderr, "forms: %s: wrong result\n", forms[i].name);
                return 1;
            }
            if (round == 0 || time < least[i])
                least[i] = time;
        }
    }
    for (int i = 0; i < FORMS; i++)
        printf("%-22s %.3f s  %.3f\n", forms[i].name, least[i], least[i] / least[0]);
    return 0;
}
