/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest executes: position-independent, one routine an operation.
 *
 * In:  x0 address, x1 how many accesses, x2 stride, x27 address to exit through
 * Out: x3 what the last access read
 *
 * A store to x27 ends an operation, one to x27 + 8 reports an exception with
 * ESR, FAR and ELR in x20 to x22.  No slot is there, so KVM hands both to user
 * space.  Every routine uses one access a round, so that an address that is
 * not accessible is found exactly.
 */
	.arch	armv8-a
	.text

	.macro	vector
	.balign	0x80
	b	guest_exception
	.endm

	.globl	guest_blob
	.balign	4096
guest_blob:
	.rept	16
	vector
	.endr
	.balign	0x80

	.macro	next
	add	x0, x0, x2
	subs	x1, x1, #1
	b.ne	1b
	b	guest_done
	.endm

	.globl	guest_touch
guest_touch:
1:	ldrb	w3, [x0]
	next

	.globl	guest_read
guest_read:
1:	ldr	x3, [x0]
	next

	.globl	guest_write
guest_write:
	mov	x3, #0x5a5a
1:	str	x3, [x0]
	next

	/* stores what was there, so that a later look finds it unchanged */
	.globl	guest_dirty
guest_dirty:
1:	ldr	x3, [x0]
	str	x3, [x0]
	next

	.globl	guest_exec
guest_exec:
1:	blr	x0
	next

	.globl	guest_zva
guest_zva:
1:	dc	zva, x0
	next

	/* not counted: until user space says stop */
	.globl	guest_touch_forever
guest_touch_forever:
	mov	x4, x0
	mov	x5, x1
2:	mov	x0, x4
	mov	x1, x5
1:	ldrb	w3, [x0]
	add	x0, x0, x2
	subs	x1, x1, #1
	b.ne	1b
	b	2b

	.globl	guest_spin
guest_spin:
	b	guest_spin

guest_done:
	str	xzr, [x27]
	b	guest_spin

guest_exception:
	mrs	x20, esr_el1
	mrs	x21, far_el1
	mrs	x22, elr_el1
	str	xzr, [x27, #8]
	b	guest_spin

	.globl	guest_blob_end
guest_blob_end:
	.section .note.GNU-stack, "", %progbits
