// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reading again what changed.  A VMM can change what is its own all the time, and have as
 * many VMs, slots and mappings as it likes: what all of that may cost has one bound, and a
 * VM that keeps still needs none of it.
 */
#include <unistd.h>

#include "source/core/image.h"

/* Tries that are made at once; between later ones there is a millisecond */
#define AT_ONCE		3
/* What a sleep counts as: about as many reads take as long */
#define SLEEP_READS	250u

bool s2_image_again(struct s2_image *image, uint64_t since, int try, int tries)
{
	uint64_t cost = image->reads - since;

	if (!image->live || try >= tries)
		return false;
	if (try >= AT_ONCE)
		cost += SLEEP_READS;
	if (cost > image->patience) {
		image->patience = 0;
		return false;
	}
	image->patience -= cost;
	if (try >= AT_ONCE)
		usleep(1000);
	return true;
}
