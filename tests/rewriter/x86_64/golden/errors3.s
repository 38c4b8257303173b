	.text
	nop
	movl	%fs:0, %eax
	movl	%r11d, %ecx
	.bundle_lock
	.code32
	.popsection
	lock
