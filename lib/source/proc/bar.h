/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PCI BARs by host-physical address */
#ifndef S2_BAR_H
#define S2_BAR_H

#include "model/model.h"

struct s2_bar {
	uint64_t start;
	uint64_t end;		/* last byte */
	uint64_t reach;		/* the largest @end up to here */
	unsigned int index;
	bool prefetchable;
	char bdf[32];
	char pci_id[10];	/* "10de:2342", "" if it cannot be read */
	char driver[64];	/* "" if none */
};

/* In order of @start */
struct s2_bars {
	struct s2_bar *bar;
	size_t count;
	bool were_read;
};

/* Reads the BARs of all PCI devices.  Return: 0 or -errno with a text */
int s2_bars_read(struct s2_ctx *ctx, struct s2_bars *bars);
void s2_bars_clear(struct s2_bars *bars);

/*
 * The same once for all VMs that were found together, until s2_bars_clear(); memory without
 * a name is still memory, so what cannot be read is a problem of @model.  Return: 0 or what
 * ends the load
 */
int s2_bars_need(struct s2_bars *bars, struct s2_model *model);

/* The memory BAR that holds @hpa, or NULL */
const struct s2_bar *s2_bars_find(const struct s2_bars *bars, uint64_t hpa);

/*
 * Appends a copy of @extent, which has a host-physical address, to @list; names
 * its BAR, and splits it where BARs begin and end.
 * Return: 0 or -ENOMEM.
 */
int s2_bars_add_extent(const struct s2_bars *bars, struct s2_model *model,
		       struct s2_list *list, const struct s2_obj *extent);

#endif /* S2_BAR_H */
