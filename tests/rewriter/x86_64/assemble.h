// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * LLVM's disassembler and assembler, in process: x86-64 bytes to AT&T text, and assembly to the
 * bytes of its .text.
 */
#ifndef TESTS_REWRITER_X86_64_ASSEMBLE_H
#define TESTS_REWRITER_X86_64_ASSEMBLE_H

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <llvm/ADT/SmallVector.h>
#include <llvm/MC/MCAsmBackend.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCObjectWriter.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/TargetSelect.h>

struct Decoded {
    bool ok;
    unsigned opcode; /* LLVM's number for the form */
    bool is_branch;
    std::string text;
};

/* What both need of LLVM. */
struct Target {
    const std::string triple = "x86_64-linux-musl";
    const llvm::MCTargetOptions options;
    const llvm::Target *target;
    std::unique_ptr<llvm::MCRegisterInfo> registers;
    std::unique_ptr<llvm::MCAsmInfo> asm_info;
    std::unique_ptr<llvm::MCInstrInfo> instructions;

    Target()
    {
        LLVMInitializeX86TargetInfo();
        LLVMInitializeX86Target();
        LLVMInitializeX86TargetMC();
        LLVMInitializeX86AsmParser();
        LLVMInitializeX86Disassembler();
        std::string error;
        target = llvm::TargetRegistry::lookupTarget(triple, error);
        registers.reset(target->createMCRegInfo(triple));
        asm_info.reset(target->createMCAsmInfo(*registers, triple, options));
        instructions.reset(target->createMCInstrInfo());
    }
};

class Llvm
{
    const Target with;
    std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
    std::unique_ptr<llvm::MCContext> context;
    std::unique_ptr<llvm::MCDisassembler> disassembler;
    std::unique_ptr<llvm::MCInstPrinter> printer;

  public:
    Llvm()
    {
        subtarget.reset(with.target->createMCSubtargetInfo(with.triple, "", ""));
        context = std::make_unique<llvm::MCContext>(llvm::Triple(with.triple), with.asm_info.get(),
                                                    with.registers.get(), subtarget.get());
        disassembler.reset(with.target->createMCDisassembler(*subtarget, *context));
        printer.reset(with.target->createMCInstPrinter(llvm::Triple(with.triple), 0, *with.asm_info,
                                                       *with.instructions, *with.registers));
    }

    Decoded decode(const std::vector<uint8_t> &bytes) const
    {
        llvm::MCInst inst;
        uint64_t size;
        Decoded decoded = {};
        decoded.ok = disassembler->getInstruction(inst, size, bytes, 0, llvm::nulls()) ==
                     llvm::MCDisassembler::Success;
        if (!decoded.ok)
            return decoded;
        const llvm::MCInstrDesc &desc = with.instructions->get(inst.getOpcode());
        decoded.opcode = inst.getOpcode();
        decoded.is_branch = desc.isBranch() || desc.isCall() || desc.isReturn();
        llvm::raw_string_ostream stream(decoded.text);
        printer->printInst(&inst, 0, "", *subtarget, stream);
        decoded.text = decoded.text.substr(0, decoded.text.find(" #"));
        decoded.text.erase(0, decoded.text.find_first_not_of("\t "));
        decoded.text.resize(decoded.text.find_last_not_of("\t ") + 1);
        for (char &c : decoded.text)
            c = c == '\t' ? ' ' : c;
        return decoded;
    }
};

class Assembler
{
    const Target with;

    static void note(const llvm::SMDiagnostic &diagnostic, void *messages)
    {
        *(std::string *)messages +=
            (diagnostic.getMessage() + ": " + diagnostic.getLineContents() + "\n").str();
    }

  public:
    /* Relocations are not applied. False, and messages, where it does not assemble. */
    bool assemble(const std::string &text, std::vector<uint8_t> &code, std::string &messages) const
    {
        llvm::SourceMgr sources;
        sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text), llvm::SMLoc());
        sources.setDiagHandler(note, &messages);
        std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
            with.target->createMCSubtargetInfo(with.triple, "", ""));
        llvm::MCContext context(llvm::Triple(with.triple), with.asm_info.get(),
                                with.registers.get(), subtarget.get(), &sources, &with.options);
        std::unique_ptr<llvm::MCObjectFileInfo> sections(
            with.target->createMCObjectFileInfo(context, true));
        context.setObjectFileInfo(sections.get());

        llvm::SmallVector<char, 0> object;
        llvm::raw_svector_ostream stream(object);
        std::unique_ptr<llvm::MCAsmBackend> backend(
            with.target->createMCAsmBackend(*subtarget, *with.registers, with.options));
        std::unique_ptr<llvm::MCObjectWriter> writer = backend->createObjectWriter(stream);
        std::unique_ptr<llvm::MCCodeEmitter> emitter(
            with.target->createMCCodeEmitter(*with.instructions, context));
        std::unique_ptr<llvm::MCStreamer> streamer(with.target->createMCObjectStreamer(
            llvm::Triple(with.triple), context, std::move(backend), std::move(writer),
            std::move(emitter), *subtarget));
        std::unique_ptr<llvm::MCAsmParser> parser(
            llvm::createMCAsmParser(sources, context, *streamer, *with.asm_info));
        std::unique_ptr<llvm::MCTargetAsmParser> target_parser(
            with.target->createMCAsmParser(*subtarget, *parser, *with.instructions, with.options));
        parser->setTargetParser(*target_parser);
        if (parser->Run(false))
            return false;
        code.clear();
        auto file = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(
            llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "object"),
            llvm::file_magic::elf_relocatable));
        for (const llvm::object::SectionRef &section : file->sections()) {
            if (llvm::cantFail(section.getName()) != ".text")
                continue;
            llvm::StringRef bytes = llvm::cantFail(section.getContents());
            code.assign(bytes.begin(), bytes.end());
        }
        return true;
    }
};

#endif
