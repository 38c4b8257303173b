// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What a personality (runtime/linux) builds on. The interface of core is public, all of it: see
 * <lfi/lfi.h>. What core keeps to itself stands in internal.h.
 */
#ifndef LFI_CORE_H
#define LFI_CORE_H

#include <lfi/lfi.h>

#endif
