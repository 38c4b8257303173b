// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * LLVM's assembler, in process: AArch64 assembly to the words of its .text.
 */
#ifndef TESTS_REWRITER_AARCH64_ASSEMBLE_H
#define TESTS_REWRITER_AARCH64_ASSEMBLE_H

#include <string>
#include <vector>

#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>

#include "../../verifier/aarch64/llvm.h"

class Assembler
{
    const std::string triple = "aarch64-linux-musl", features;
    const llvm::Target *target;
    const llvm::MCTargetOptions options;
    std::unique_ptr<llvm::MCRegisterInfo> registers;
    std::unique_ptr<llvm::MCAsmInfo> asm_info;
    std::unique_ptr<llvm::MCInstrInfo> instructions;

    static void note(const llvm::SMDiagnostic &diagnostic, void *messages)
    {
        *(std::string *)messages +=
            (diagnostic.getMessage() + ": " + diagnostic.getLineContents() + "\n").str();
    }

    static std::vector<uint32_t> words_of(llvm::StringRef object)
    {
        std::vector<uint32_t> words;
        auto file = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(
            llvm::MemoryBufferRef(object, "object"), llvm::file_magic::elf_relocatable));
        for (const llvm::object::SectionRef &section : file->sections()) {
            if (llvm::cantFail(section.getName()) != ".text")
                continue;
            llvm::StringRef bytes = llvm::cantFail(section.getContents());
            words.resize(bytes.size() / 4);
            memcpy(words.data(), bytes.data(), words.size() * 4);
        }
        return words;
    }

  public:
    /* An Llvm has to exist: it makes the target known. */
    explicit Assembler(const char *with = allowed_features) : features(with)
    {
        LLVMInitializeAArch64AsmParser();
        std::string error;
        target = llvm::TargetRegistry::lookupTarget(triple, error);
        registers.reset(target->createMCRegInfo(triple));
        asm_info.reset(target->createMCAsmInfo(*registers, triple, options));
        instructions.reset(target->createMCInstrInfo());
    }

    /* Relocations are not applied. False, and messages, where it does not assemble. */
    bool assemble(const std::string &text, std::vector<uint32_t> &words,
                  std::string &messages) const
    {
        llvm::SourceMgr sources;
        sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text), llvm::SMLoc());
        sources.setDiagHandler(note, &messages);
        std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
            target->createMCSubtargetInfo(triple, "", features));
        llvm::MCContext context(llvm::Triple(triple), asm_info.get(), registers.get(),
                                subtarget.get(), &sources, &options);
        std::unique_ptr<llvm::MCObjectFileInfo> sections(
            target->createMCObjectFileInfo(context, true));
        context.setObjectFileInfo(sections.get());

        llvm::SmallVector<char, 0> object;
        llvm::raw_svector_ostream stream(object);
        std::unique_ptr<llvm::MCAsmBackend> backend(
            target->createMCAsmBackend(*subtarget, *registers, options));
        std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(stream);
        std::unique_ptr<llvm::MCCodeEmitter> emitter(
            target->createMCCodeEmitter(*instructions, context));
        std::unique_ptr<llvm::MCStreamer> streamer(
            target->createMCObjectStreamer(llvm::Triple(triple), context, std::move(backend),
                                           std::move(writer), std::move(emitter), *subtarget));
        std::unique_ptr<llvm::MCAsmParser> parser(
            llvm::createMCAsmParser(sources, context, *streamer, *asm_info));
        std::unique_ptr<llvm::MCTargetAsmParser> target_parser(
            target->createMCAsmParser(*subtarget, *parser, *instructions, options));
        parser->setTargetParser(*target_parser);
        if (parser->Run(false))
            return false;
        words = words_of(llvm::StringRef(object.data(), object.size()));
        return true;
    }
};

#endif
