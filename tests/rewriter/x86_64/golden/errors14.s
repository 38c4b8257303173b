# a table behind a call that does not return, as the rewriter cannot know
a:	movl	.Ltable(%rip), %eax
	call	abort
.Ltable:
	.byte	1, 2, 3, 4, 0x90
.Lnext:	ret
