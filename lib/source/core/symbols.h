/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where variables are: from the kernel's own table of symbols (kernel/kallsyms.c),
 * to which VMCOREINFO points since Linux 6.0.
 */
#ifndef S2_CORE_SYMBOLS_H
#define S2_CORE_SYMBOLS_H

#include "source/core/image.h"

/* What is looked for; a kernel without CONFIG_KALLSYMS_ALL has functions only */
enum s2_symbol {
	S2_SYM_VM_LIST,
	S2_SYM_KVM_VM_IOCTL,
	S2_SYM_KVM_MODE,
	S2_SYM_KVM_INITIALISED,
	S2_SYM_INIT_TASK,
	S2_SYM_MEMBLOCK,
	S2_SYM_FTR_REGS,
	S2_SYM_START_BTF,
	S2_SYM_STOP_BTF,
	S2_SYMBOLS,
};

/* Virtual addresses; 0: it is not there */
struct s2_symbols {
	uint64_t addr[S2_SYMBOLS];
};

/*
 * Goes through the table once.  Return: 0; -ENODATA: VMCOREINFO does not say where
 * it is; -EBADMSG: it makes no sense; -ENOMEM; with a text
 */
int s2_symbols_read(struct s2_image *image, struct s2_symbols *symbols);

#endif /* S2_CORE_SYMBOLS_H */
