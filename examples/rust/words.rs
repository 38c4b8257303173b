// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A library without `std`: memory comes from the C library of the box. docs/rust.md says how it is built.
#![no_std]
#![feature(default_alloc_error_handler)] // what Rust does anyway from 1.68 on
extern crate alloc;

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};

extern "C" {
    fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    fn free(memory: *mut u8);
    fn abort() -> !;
}

struct Heap;

unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let align = layout.align().max(16);
        aligned_alloc(align, (layout.size() + align - 1) / align * align)
    }
    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        free(memory)
    }
}

#[global_allocator]
static HEAP: Heap = Heap;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unsafe { abort() }
}

// Named by the tables of `core`, and never called: a panic ends the program.
#[no_mangle]
pub extern "C" fn rust_eh_personality() -> ! {
    unsafe { abort() }
}

/// Counts the words of a text; returns the number of bytes that it wrote to `out`.
///
/// # Safety
/// `text` points to `size` bytes, `out` to `room`.
#[no_mangle]
pub unsafe extern "C" fn words(text: *const u8, size: usize, out: *mut u8, room: usize) -> usize {
    let text = String::from_utf8_lossy(core::slice::from_raw_parts(text, size));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    let total: u32 = counts.values().sum();
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1));
    let lines: String = sorted
        .iter()
        .map(|(word, count)| format!("{word}: {count}, {:.1} %\n", f64::from(*count) * 100.0 / f64::from(total)))
        .collect();
    let size = lines.len().min(room);
    core::ptr::copy_nonoverlapping(lines.as_ptr(), out, size);
    size
}

/// Indexes behind the end of a slice, which is a panic.
#[no_mangle]
pub extern "C" fn fails(index: usize) -> u8 {
    b"abc"[index]
}
