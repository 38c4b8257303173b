	popfq
	jc	2f
	maskmovdqu	%xmm1, %xmm2
	jc	2f
	maskmovdqu	%xmm1, (%rdi)
	jne	17b
	jecxz	718760b
2:	movl	$1, %r11d
	jecxz	3f
3:	movl	%r11d, %eax
