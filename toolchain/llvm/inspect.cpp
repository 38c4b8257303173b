// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One program for what looks at profiles and debug information: its name says which it is, a
// version behind it is ignored.
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/LLVMDriver.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

int llvm_profdata_main(int, char **, const llvm::ToolContext &);
int llvm_cov_main(int, const char **);
int llvm_dwarfdump_main(int, char **);

int main(int argc, char **argv)
{
    llvm::StringRef name = llvm::sys::path::filename(argv[0]).rtrim("0123456789.").rtrim('-');
    // It makes its options when it runs, and some have the names of those of llvm-dwarfdump, which
    // are global.
    if (name.ends_with("llvm-cov")) {
        llvm::cl::ResetCommandLineParser();
        return llvm_cov_main(argc, const_cast<const char **>(argv));
    }
    if (name.ends_with("llvm-dwarfdump"))
        return llvm_dwarfdump_main(argc, argv);
    llvm::InitLLVM init(argc, argv);
    if (name.ends_with("llvm-profdata"))
        return llvm_profdata_main(argc, argv, {argv[0], nullptr, false});
    llvm::errs()
        << "Usage: by a link of the tool's name: llvm-cov, llvm-dwarfdump, llvm-profdata\n";
    return 2;
}
