/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The head that QEMU and boot loaders know an arm64 Linux image by, and what is
 * to be done before C: a stack, and somewhere for exceptions to go.
 */
	.text
	.globl	head
head:
	b	enter
	.long	0
	.quad	0			/* load at the start of 2 MiB */
	.quad	_end - . + 16		/* how much memory is ours */
	.quad	0xa			/* little endian, 4 KiB pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

enter:
	mrs	x1, cntpct_el0		/* first of all: when it began */
	adrp	x2, stack_top
	add	sp, x2, :lo12:stack_top
	adrp	x2, vectors
	msr	vbar_el1, x2
	mov	x3, #3 << 20		/* no trap of FP and SIMD */
	msr	cpacr_el1, x3
	isb
	bl	bare			/* (device tree, when) */
	b	.

	.balign	4096
vectors:
	.rept	16
	.balign	0x80
	mrs	x0, esr_el1
	mrs	x1, far_el1
	mrs	x2, elr_el1
	b	bare_exception
	.endr

	.bss
	.balign	4096
	.space	16384
	.globl	stack_top
stack_top:
	.section .note.GNU-stack, "", %progbits
