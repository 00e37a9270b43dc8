/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Short names to write tables of fields with, and words that several use */
#ifndef S2_FIELD_MACROS_H
#define S2_FIELD_MACROS_H

#include "s2ctl.h"

#define F(id, kind, flags, name, header, doc) \
	{ id, S2_KIND_##kind, flags, name, header, doc, NULL }
#define W(id, kind, flags, name, header, words, doc) \
	{ id, S2_KIND_##kind, flags, name, header, doc, words }
#define D	S2_FIELD_DERIVED
#define U	S2_FIELD_UNTRUSTED
#define Z	S2_FIELD_FROM_ZERO
#define END	{ 0, S2_KIND_BOOL, 0, NULL, NULL, NULL, NULL }

extern const char *const s2_class_words[];
extern const char *const s2_owner_words[];

#endif /* S2_FIELD_MACROS_H */
