// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "words.h"

#ifdef __LFI__
static const char *const modes[] = {"lfi full", "lfi stores", "lfi jumps"};
#endif

const char *words_target(void)
{
#ifdef __LFI__
    return modes[__LFI_MODE__];
#else
    return "native";
#endif
}
