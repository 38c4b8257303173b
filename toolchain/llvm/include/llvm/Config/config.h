// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLVM does not install its private configuration. The tools ask it only for what they can do
// without (signing archives, DIA), so nothing is defined here.
#include "llvm/Config/llvm-config.h"
