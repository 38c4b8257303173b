// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* DRAFT, to be filled by the owner of runtime/core: the interface between core and personality. */
