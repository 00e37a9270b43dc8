/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_JSON_SCALAR_H
#define S2_JSON_SCALAR_H

#include "base/json_bytes.h"

/*
 * A string, at whose first quote the reader is.  @keep: whether its text is
 * wanted; NULL is returned if not, and for an error.  @escaped, if it is not
 * NULL: whether it was written with an escape.
 */
const char *s2_in_scan_string(struct s2_in *in, bool keep, size_t *len,
			      bool *escaped);

#endif /* S2_JSON_SCALAR_H */
