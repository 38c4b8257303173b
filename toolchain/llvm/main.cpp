// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One program for clang, lld and the binary tools: its name says which it is. A prefix up to a
// hyphen is ignored ("x86_64-lfi-linux-musl-ar" is ar), as is a version ("clang-19" is clang).
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/LLVMDriver.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <climits>
#include <unistd.h>

LLD_HAS_DRIVER(elf)
namespace lld
{
// Leaves without tidying up; in no public header.
int unsafeLldMain(llvm::ArrayRef<const char *> args, llvm::raw_ostream &out, llvm::raw_ostream &err,
                  llvm::ArrayRef<DriverDef> drivers, bool exit_early);
} // namespace lld

using llvm::StringRef;
using llvm::ToolContext;
using tool_main = int(int, char **, const ToolContext &);

tool_main clang_main, llvm_ar_main, llvm_nm_main, llvm_objcopy_main, llvm_objdump_main,
    llvm_readobj_main, llvm_size_main, llvm_symbolizer_main, llvm_cxxfilt_main;
int llvm_strings_main(int, char **);
extern "C" int lfi_bind_main(int, char **);

static int lld_main(int argc, char **argv, const ToolContext &)
{
    return lld::unsafeLldMain(llvm::ArrayRef<const char *>(argv, argc), llvm::outs(), llvm::errs(),
                              {{lld::Gnu, &lld::elf::link}}, /*exitEarly=*/true);
}

static int strings_main(int argc, char **argv, const ToolContext &)
{
    return llvm_strings_main(argc, argv);
}

static int bind_main(int argc, char **argv, const ToolContext &)
{
    return lfi_bind_main(argc, argv);
}

static const struct {
    StringRef name;
    tool_main *run;
} tools[] = {
    {"clang", clang_main},
    {"clang++", clang_main},
    {"clang-cpp", clang_main},
    {"cc", clang_main},
    {"c++", clang_main},
    {"cpp", clang_main},
    {"gcc", clang_main},
    {"g++", clang_main},
    {"lld", lld_main},
    {"ld.lld", lld_main},
    {"ar", llvm_ar_main},
    {"ranlib", llvm_ar_main},
    {"nm", llvm_nm_main},
    {"objcopy", llvm_objcopy_main},
    {"strip", llvm_objcopy_main},
    {"objdump", llvm_objdump_main},
    {"readobj", llvm_readobj_main},
    {"readelf", llvm_readobj_main},
    {"size", llvm_size_main},
    {"strings", strings_main},
    {"symbolizer", llvm_symbolizer_main},
    {"addr2line", llvm_symbolizer_main},
    {"cxxfilt", llvm_cxxfilt_main},
    {"c++filt", llvm_cxxfilt_main},
    {"lfi-bind", bind_main},
};

static tool_main *find(StringRef path)
{
    StringRef name = llvm::sys::path::filename(path);
    name = name.rtrim("0123456789.");
    name.consume_back("-");
    for (const auto &tool : tools)
        if (name == tool.name ||
            (name.ends_with(tool.name) && name.drop_back(tool.name.size()).ends_with("-")))
            return tool.run;
    return nullptr;
}

// The name of a tool that a link of another name ("mycc") leads to; empty if it leads to none. Only
// a whole name counts: this program is what all links end at.
static std::string follow(const char *called)
{
    std::string path = called;
    if (!StringRef(path).contains('/')) {
        auto found = llvm::sys::findProgramByName(path);
        if (!found)
            return "";
        path = *found;
    }
    for (int links = 0; links < 40; links++) {
        char to[PATH_MAX];
        ssize_t size = readlink(path.c_str(), to, sizeof to);
        if (size < 0 || size == sizeof to)
            return "";
        llvm::SmallString<256> next(StringRef(to, size));
        if (llvm::sys::path::is_relative(next)) {
            next = llvm::sys::path::parent_path(path);
            llvm::sys::path::append(next, StringRef(to, size));
        }
        path = std::string(next);
        if (find(path))
            return path;
    }
    return "";
}

int main(int argc, char **argv)
{
    llvm::InitLLVM init(argc, argv);
    // clang calls itself by the name of the file, which is none of the tools'.
    if (argc > 1 && StringRef(argv[1]).starts_with("-cc1"))
        return clang_main(argc, argv, {argv[0], nullptr, false});
    std::string tool = find(argv[0]) ? "" : follow(argv[0]);
    if (!tool.empty())
        argv[0] = tool.data();
    if (tool_main *run = find(argv[0]))
        return run(argc, argv, {argv[0], nullptr, false});
    // "llvm objdump ...": the tool as the first argument.
    if (argc > 1)
        if (tool_main *run = find(argv[1]))
            return run(argc - 1, argv + 1, {argv[0], argv[1], true});

    bool help = argc > 1 && StringRef(argv[1]) == "--help";
    llvm::raw_ostream &out = help ? llvm::outs() : llvm::errs();
    out << "Usage: llvm TOOL [ARGUMENT]..., or by a link of the tool's name\ntools:";
    for (const auto &tool : tools)
        out << ' ' << tool.name;
    out << '\n';
    return help ? 0 : 2;
}
