/* Until the gate is there. */
#ifndef LFI_INTERIM_H
#define LFI_INTERIM_H
#include <lfi/lfi.h>
typedef uint64_t lfi_shape;
typedef void lfi_gate_fn(void);
#define LFI_SHAPE(i, v, w) ((lfi_shape)((i) | (v) << 4 | (w) << 8))
#define LFI_SHAPE_RESULT(i, v) ((lfi_shape)0)
struct lfi_callback { lfi_gate_fn *function; void *data; lfi_shape shape; };
lfi_gate_fn *lfi_gate(struct lfi_context *context, uint64_t function, lfi_shape shape);
const struct lfi_exit *lfi_gate_exit(void);
int lfi_context_detach(struct lfi_context *context);
uint64_t lfi_gate_stack(const struct lfi_context *context);
void lfi_gate_set_stack(struct lfi_context *context, uint64_t address);
int lfi_box_callback(struct lfi_box *box, const struct lfi_callback *callback, uint64_t *address);
int lfi_box_uncallback(struct lfi_box *box, uint64_t address);
int lfi_box_map_stubs(struct lfi_box *box, uint64_t address, struct lfi_error *error);
void *lfi_callback_data(void);
struct lfi_context *lfi_callback_context(void);
_Noreturn void lfi_callback_unwind(int status);
typedef void lfi_gate_failed_fn(struct lfi_context *context, const struct lfi_exit *exit);
void lfi_context_on_failure(struct lfi_context *context, lfi_gate_failed_fn *failed);
#endif
