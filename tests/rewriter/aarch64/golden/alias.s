	.text
	counter .req x3
	ldr	counter, [x0, #8]
