// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two functions that say what memory is, the library's and the kernel's, on every
 * combination of facts and types.
 */
#include <stdio.h>

#include "s2_memtype.h"

#include "source/core/classify.h"

/* Bits of enum kvm_s2_fact up to the last, those without a meaning too */
#define FACT_BITS	21
#define SHOWN		10

int main(void)
{
	unsigned int differ = 0;

	for (uint32_t facts = 0; facts >> FACT_BITS == 0; facts++) {
		for (unsigned int type = KVM_S2_TYPE_UNKNOWN;
		     type <= KVM_S2_TYPE_MIXED; type++) {
			unsigned int ours = s2_classify(facts, type);
			unsigned int kernel = kvm_s2_classify(facts, type);

			if (ours == kernel || ++differ > SHOWN)
				continue;
			printf("# facts %#x, VMM type %u: %u, the kernel's is %u\n",
			       facts, type, ours, kernel);
		}
	}
	printf("1..1\n%sok 1 - the class is the kernel's, for each combination\n",
	       differ ? "not " : "");
	return !!differ;
}
