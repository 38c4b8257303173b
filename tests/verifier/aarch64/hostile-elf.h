// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* For ../hostile/elf.c, within it: how its good file becomes one for AArch64. */
/* Makes it a file for AArch64, linked for pages of this size. */
static void aarch64(struct file *f, uint64_t page)
{
    f->header.e_machine = EM_AARCH64;
    note_at(f, NOTE_AT)->machine = EM_AARCH64;
    for (unsigned i = HEADERS; i <= DATA; i++)
        f->phdrs[i].p_align = page;
    for (size_t at = CODE_AT; at < CODE_AT + CODE_SIZE; at += 4)
        put_word(f, at, 0xd503201f); /* nop */
}

/* The same with the code and the data on large pages of their own. */
static void large_pages(struct file *f)
{
    aarch64(f, LARGE_PAGE);
    memmove(f->bytes + LARGE_PAGE, f->bytes + CODE_AT, CODE_SIZE);
    f->phdrs[CODE].p_vaddr = f->phdrs[CODE].p_offset = LARGE_PAGE;
    f->phdrs[DATA].p_vaddr = f->phdrs[DATA].p_offset = 2 * LARGE_PAGE;
    f->header.e_entry = LARGE_PAGE;
    f->size = CAPACITY;
}
