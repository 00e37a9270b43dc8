/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of numbers, for those who sort */
#ifndef S2_ORDER_H
#define S2_ORDER_H

#include <stdint.h>

/* As a function for qsort() returns it; a difference would not fit an int */
static inline int s2_order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

#endif /* S2_ORDER_H */
