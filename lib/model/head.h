/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef S2_HEAD_H
#define S2_HEAD_H

#include "base/json_in.h"

/*
 * Whether the first object of a file is what this version reads: @kind,
 * "snapshot", of a format that it knows.  No more of the file is read than it takes
 * to tell.  @hint: said where @kind is not right, or "".  Return: 0; -EBADMSG,
 * -EINVAL, -EPROTONOSUPPORT, or why reading failed, with a text
 */
int s2_head_check(struct s2_store *store, const char *name, const char *what,
		  const char *kind, const char *hint);

#endif /* S2_HEAD_H */
