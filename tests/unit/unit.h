/* SPDX-License-Identifier: GPL-2.0-only */
/* What every unit test of the library starts with */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <s2ctl.h>

/* The source directory, so that a test can be started from anywhere */
#ifndef SRCDIR
#define SRCDIR "."
#endif

/* Runs a table of tests and prints TAP */
#define RUN_TESTS(tests)						\
	(cmocka_set_message_output(CM_OUTPUT_TAP),			\
	 cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0)

struct s2_ctx *new_ctx(void);

/* Opens a snapshot from memory */
int open_text(struct s2_ctx *ctx, const char *text, size_t len,
	      struct s2_source **src);

/* Loads all of a snapshot; @vms is what stands in its array of VMs */
struct s2_model *load_vms(struct s2_ctx *ctx, const char *vms,
			  unsigned int flags);

/* The n-th VM, slot or extent */
const struct s2_obj *nth_vm(const struct s2_model *model, size_t n);
const struct s2_obj *nth(const struct s2_obj *parent, enum s2_obj_type type,
			 size_t n);

/* A temporary directory to build fake roots in; free with drop_dir() */
char *make_dir(void);
void drop_dir(char *dir);

/* Writes a file below @dir, making directories on the way */
void put_file(const char *dir, const char *path, const void *data, size_t len);
void put_text(const char *dir, const char *path, const char *text);
void put_link(const char *dir, const char *path, const char *target);

#endif /* UNIT_H */
