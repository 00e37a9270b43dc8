/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_ARRAY_H
#define S2_ARRAY_H

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#endif /* S2_ARRAY_H */
