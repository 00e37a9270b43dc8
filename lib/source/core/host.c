// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the CPUs and KVM of the kernel can do */
#include <stdio.h>
#include <string.h>

#include "source/core/reader.h"

/* Encodings of system registers, as struct __ftr_reg_entry has them */
#define ID_AA64MMFR2_EL1	0x180740u	/* 3, 0, 0, 7, 2 */
#define CTR_EL0			0x1b0020u	/* 3, 3, 0, 0, 1 */
#define MMFR2_FWB(v)		((v) >> 40 & 15)
#define CTR_DIC(v)		((v) >> 29 & 1)
#define FTR_REGS_MAX		256

/*
 * The registers as the kernel made them of all CPUs'.  They are in order of encoding,
 * and CTR_EL0 is one of the last.
 */
static void read_registers(struct s2_core *core)
{
	uint64_t at = core->symbols.addr[S2_SYM_FTR_REGS], last = 0;
	const struct s2_layout *l = &core->layout;

	if (!at || !l->ftr_entry || !s2_layout_has(l, S2_L_FTR_VALUE))
		return;
	for (int i = 0; i < FTR_REGS_MAX; i++, at += l->ftr_entry) {
		uint64_t id, reg, value;

		if (s2_peek(&core->image, l, at, S2_L_FTR_ID, &id) ||
		    id <= last || id > CTR_EL0)
			return;
		last = id;
		if (id != ID_AA64MMFR2_EL1 && id != CTR_EL0)
			continue;
		if (s2_peek(&core->image, l, at, S2_L_FTR_REG, &reg) ||
		    s2_peek(&core->image, l, reg, S2_L_FTR_VALUE, &value))
			return;
		if (id == CTR_EL0)
			core->dic = CTR_DIC(value) ? S2_YES : S2_NO;
		else
			core->fwb = MMFR2_FWB(value) ? S2_YES : S2_NO;
	}
}

static void read_mode(struct s2_core *core)
{
	uint64_t at = core->symbols.addr[S2_SYM_KVM_MODE];
	uint32_t mode;

	if (!at || !core->layout.protected ||
	    s2_image_virt(&core->image, at, &mode, sizeof(mode)))
		return;
	core->pkvm = mode == core->layout.protected ? S2_YES : S2_NO;
}

/* 6.12 moved the flag, for memory protection keys */
static void read_release(struct s2_core *core)
{
	unsigned int major, minor;
	char text[128];

	if (!s2_image_text(&core->image, "OSRELEASE", text, sizeof(text)) ||
	    sscanf(text, "%u.%u", &major, &minor) != 2)
		return;
	core->mte_allowed = 1ull << (major > 6 || (major == 6 && minor >= 12) ?
				     37 : 33);
}

void s2_core_read_host(struct s2_core *core)
{
	core->fwb = core->dic = core->pkvm = S2_UNKNOWN;
	read_registers(core);
	read_mode(core);
	read_release(core);
}
