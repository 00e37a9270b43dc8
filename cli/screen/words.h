/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs and slots in words. */
#ifndef S2CTL_WORDS_H
#define S2CTL_WORDS_H

#include <stdbool.h>

#include <s2ctl.h>

/* One line that names the VM and says what holds for all of it. */
void words_vm(const struct s2_obj *vm, bool color);

/* Each slot as a paragraph.  0 or -ENOMEM. */
int words_slots(const struct s2_obj *vm, bool color);

/* The vocabulary's entry, or NULL. */
const struct s2_word *words_find(const char *kind, const char *word);

/* The word of an enum s2_severity */
const char *words_severity(int severity);

#endif /* S2CTL_WORDS_H */
