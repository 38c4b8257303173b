# The runtime answers `cpuid`: registers, flags and the red zone stay as they are.
	.text
	.globl	plain
plain:
	xorl	%eax, %eax
	cpuid
	movl	%ebx, (%rdi)
	ret

# %r11 is kept where it is wanted behind it, and where nobody knows.
	.globl	counts
counts:
	movl	%eax, %r11d
	movl	$7, %eax
	xorl	%ecx, %ecx
	cmpl	%eax, %r11d
	cpuid
	jb	1f
	movl	%r11d, %eax
1:	ret

# What is below %rsp stays.
	.globl	red_zone
red_zone:
	movq	%rbx, -8(%rsp)
	movl	$1, %eax
	cpuid
	movq	-8(%rsp), %rbx
	xgetbv
	ret

# As bytes, too.
	.globl	bytes
bytes:
	.byte	0x0f, 0xa2
	ret
