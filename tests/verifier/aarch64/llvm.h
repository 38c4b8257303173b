// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/*
 * What LLVM says of an AArch64 instruction: its text, and the general registers that it writes.
 * And the random numbers that instructions are made of.
 */
#ifndef TESTS_VERIFIER_AARCH64_LLVM_H
#define TESTS_VERIFIER_AARCH64_LLVM_H

#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>

#include <llvm/ADT/SmallVector.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCCodeEmitter.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCFixup.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>

inline uint64_t random_state = 88172645463325252;

inline uint64_t next_random()
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Armv8.5-A and what else the verifier allows. */
constexpr const char *allowed_features =
    "+v8.5a,+aes,+sha2,+sha3,+sm4,+fullfp16,+fp16fml,+rand,+ccdp,+ssbs,+bf16,+i8mm,+cssc";

struct Decoded {
    bool ok;
    unsigned opcode; /* LLVM's number for the form */
    bool canonical;  /* the assembler makes the same word of it */
    std::string mnemonic, operands;
    std::set<std::string> written; /* x0 ... x30, sp */
};

class Llvm
{
    std::string triple = "aarch64-linux-musl";
    const llvm::Target *target;
    std::unique_ptr<llvm::MCRegisterInfo> registers;
    std::unique_ptr<llvm::MCAsmInfo> asm_info;
    std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
    std::unique_ptr<llvm::MCInstrInfo> instructions;
    std::unique_ptr<llvm::MCContext> context;
    std::unique_ptr<llvm::MCDisassembler> disassembler;
    std::unique_ptr<llvm::MCInstPrinter> printer;
    std::unique_ptr<llvm::MCCodeEmitter> emitter;

    /* The general register that is, or is part of, what this is called; "" for others. */
    std::string general(llvm::MCRegister reg) const
    {
        std::string name = llvm::StringRef(registers->getName(reg)).lower();
        if (name == "sp" || name == "wsp")
            return "sp";
        if (name == "lr")
            return "x30";
        if (name == "fp")
            return "x29";
        if (name == "xzr" || name == "wzr")
            return "";
        if ((name[0] == 'x' || name[0] == 'w') && name.find('_') == std::string::npos)
            return "x" + name.substr(1);
        return "";
    }

    void add_written(Decoded &decoded, llvm::MCRegister reg) const
    {
        /* A pair of casp has its registers as parts. */
        for (llvm::MCPhysReg part : registers->subregs_inclusive(reg))
            if (std::string name = general(part); !name.empty())
                decoded.written.insert(name);
    }

  public:
    explicit Llvm(const char *features = allowed_features)
    {
        LLVMInitializeAArch64TargetInfo();
        LLVMInitializeAArch64Target();
        LLVMInitializeAArch64TargetMC();
        LLVMInitializeAArch64Disassembler();
        std::string error;
        target = llvm::TargetRegistry::lookupTarget(triple, error);
        registers.reset(target->createMCRegInfo(triple));
        asm_info.reset(target->createMCAsmInfo(*registers, triple, llvm::MCTargetOptions()));
        subtarget.reset(target->createMCSubtargetInfo(triple, "", features));
        instructions.reset(target->createMCInstrInfo());
        context = std::make_unique<llvm::MCContext>(llvm::Triple(triple), asm_info.get(),
                                                    registers.get(), subtarget.get());
        disassembler.reset(target->createMCDisassembler(*subtarget, *context));
        printer.reset(target->createMCInstPrinter(llvm::Triple(triple), 0, *asm_info, *instructions,
                                                  *registers));
        emitter.reset(target->createMCCodeEmitter(*instructions, *context));
    }

    Decoded decode(uint32_t word) const
    {
        uint8_t bytes[4];
        for (unsigned i = 0; i < 4; i++)
            bytes[i] = (uint8_t)(word >> 8 * i);
        llvm::MCInst inst;
        uint64_t size;
        Decoded decoded;
        decoded.ok = disassembler->getInstruction(inst, size, bytes, 0, llvm::nulls()) ==
                     llvm::MCDisassembler::Success;
        if (!decoded.ok)
            return decoded;
        decoded.opcode = inst.getOpcode();
        llvm::SmallVector<char, 4> code;
        llvm::SmallVector<llvm::MCFixup, 4> fixups;
        emitter->encodeInstruction(inst, code, fixups, *subtarget);
        decoded.canonical = memcmp(code.data(), bytes, 4) == 0;
        const llvm::MCInstrDesc &desc = instructions->get(inst.getOpcode());
        for (unsigned i = 0; i < desc.getNumDefs() && i < inst.getNumOperands(); i++)
            if (inst.getOperand(i).isReg())
                add_written(decoded, inst.getOperand(i).getReg());
        for (llvm::MCPhysReg reg : desc.implicit_defs())
            add_written(decoded, reg);
        std::string text;
        llvm::raw_string_ostream stream(text);
        printer->printInst(&inst, 0, "", *subtarget, stream);
        text = text.substr(0, text.find(" // "));
        size_t start = text.find_first_not_of("\t "), end = text.find_first_of("\t ", start);
        decoded.mnemonic = text.substr(start, end - start);
        decoded.operands =
            end == std::string::npos ? "" : text.substr(text.find_first_not_of("\t ", end));
        return decoded;
    }
};

#endif
