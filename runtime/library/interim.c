// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Until the gate is there. x86-64, no callbacks. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>
#include "core/internal.h"
static __thread struct { struct lfi_context *context; uint64_t function; lfi_shape shape; struct lfi_exit exit; } state;
static lfi_gate_failed_fn *on_failure;
struct saved { double real[8]; uint64_t integer[6]; uint64_t result; double real_result; };
void interim_call(struct saved *s, const uint64_t *stack);
void interim_gate(void);
__asm__(".text\ninterim_gate: pushq %rbp; movq %rsp,%rbp; subq $160,%rsp\n"
"movsd %xmm0,(%rsp); movsd %xmm1,8(%rsp); movsd %xmm2,16(%rsp); movsd %xmm3,24(%rsp); movsd %xmm4,32(%rsp); movsd %xmm5,40(%rsp);movsd %xmm6,48(%rsp);movsd %xmm7,56(%rsp)\n"
"movq %rdi,64(%rsp);movq %rsi,72(%rsp);movq %rdx,80(%rsp);movq %rcx,88(%rsp);movq %r8,96(%rsp);movq %r9,104(%rsp)\n"
"movq %rsp,%rdi; leaq 16(%rbp),%rsi; call interim_call; movq 112(%rsp),%rax; movsd 120(%rsp),%xmm0; leave; ret\n");
static void fail(void)
{
    if (state.context && on_failure && state.exit.kind != LFI_EXIT_RETURNED)
        on_failure(state.context, &state.exit);
}
void interim_call(struct saved *s, const uint64_t *stack)
{
    struct lfi_context *context = state.context;
    struct lfi_call call = {.stack = stack, .stack_count = state.shape >> 8 & 0xfff};
    memcpy(call.integer, s->integer, sizeof call.integer);
    memcpy(call.real, s->real, sizeof call.real);
    s->result = 0; s->real_result = 0;
    memset(&state.exit, 0, sizeof state.exit);
    int error = !context || state.shape == ~0ull ? -EINVAL : lfi_call(context, state.function, &call);
    state.context = context;
    state.exit = call.exit;
    if (error) { state.exit.kind = LFI_EXIT_REFUSED; state.exit.status = error; }
    else if (call.exit.kind == LFI_EXIT_RETURNED) { s->result = call.result; s->real_result = call.real_result; return; }
    fail();
}
lfi_gate_fn *lfi_gate(struct lfi_context *context, uint64_t function, lfi_shape shape)
{ state.context = context; state.function = function; state.shape = shape; return interim_gate; }
const struct lfi_exit *lfi_gate_exit(void) { return &state.exit; }
int lfi_context_detach(struct lfi_context *c) { return __atomic_load_n(&c->owner, __ATOMIC_ACQUIRE) ? -EBUSY : 0; }
uint64_t lfi_gate_stack(const struct lfi_context *c) { return c->frame.regs.rsp; }
void lfi_gate_set_stack(struct lfi_context *c, uint64_t a) { c->frame.regs.rsp = a; }
int lfi_box_callback(struct lfi_box *b, const struct lfi_callback *c, uint64_t *a) { (void)b; (void)c; (void)a; return -ENOTSUP; }
int lfi_box_uncallback(struct lfi_box *b, uint64_t a) { (void)b; (void)a; return -ENOTSUP; }
int lfi_box_map_stubs(struct lfi_box *b, uint64_t a, struct lfi_error *e) { (void)b; (void)a; (void)e; return -ENOTSUP; }
void *lfi_callback_data(void) { return NULL; }
struct lfi_context *lfi_callback_context(void) { return NULL; }
_Noreturn void lfi_callback_unwind(int status) { (void)status; abort(); }
void lfi_context_on_failure(struct lfi_context *c, lfi_gate_failed_fn *f) { (void)c; on_failure = f; }
