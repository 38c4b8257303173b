// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The other two libraries, from C++: rewrites an instruction, verifies a few bytes.
#include <string>

#include <lfi/abi.h>
#include <lfi/rewriter.h>
#include <lfi/verifier.h>

static bool append(void *data, const char *text, size_t size)
{
    static_cast<std::string *>(data)->append(text, size);
    return true;
}

int main()
{
    std::string text = "\tmovq (%rdi), %rax\n", rewritten;
    lfi_rewrite_options options = {};
    options.arch = "x86_64";
    options.sink = append;
    options.sink_data = &rewritten;
    if (lfi_rewrite(text.data(), text.size(), &options) != LFI_REWRITE_OK ||
        rewritten.find("%gs:(%edi)") == std::string::npos)
        return 1;

    const uint8_t load[] = {0x48, 0x8b, 0x07}; // the same instruction as it was
    lfi_code code = {};
    code.bytes = load;
    code.size = sizeof load;
    code.image_end = 0x1000;
    return lfi_verify_code(LFI_ARCH_X86_64, LFI_MODE_FULL, &code, nullptr, nullptr) != LFI_REFUSED;
}
