// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words that fields of several tables have */
#include <stddef.h>

#include "model/field_macros.h"

const char *const s2_class_words[] = {
	"ram", "zone-device", "pfnmap-wb", "ram-nc", "io", "io-nc", "gmem",
	"hole", "vgic", "mixed", NULL
};

const char *const s2_owner_words[] = {
	"admin", "vmm", NULL
};
