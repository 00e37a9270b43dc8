/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the harnesses share.  A harness is one file with one
 * LLVMFuzzerTestOneInput(); libFuzzer is the main program.  What must hold is
 * said with fuzz_must(), on top of what the sanitizers see.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <s2ctl.h>

#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/*
 * What an input may take: CPU time for each of its bytes.  A harness that does
 * more than others with each byte has one of its own.
 */
extern long long fuzz_ns_per_byte;

/* Says what does not hold and aborts: libFuzzer keeps the input */
void fuzz_fail(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#define fuzz_must(what, ...)						\
	do {								\
		if (!(what))						\
			fuzz_fail(__VA_ARGS__);				\
	} while (0)

/* A context, with roots that do not exist: no real /proc, no /sys */
struct s2_ctx *fuzz_ctx(void);

/* What the library says of a failure: one line that can be printed */
void fuzz_must_explain(const struct s2_ctx *ctx, int err);

/* A stream of these bytes; there may be none */
FILE *fuzz_open(const void *data, size_t size);

/* The next part of the input, up to FUZZ_END or the end; free() it */
#define FUZZ_END	0x1e
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};
char *fuzz_part(struct fuzz_input *in, size_t *len);

/* A model of two VMs that have all there is (model.json); the same each time */
const struct s2_model *fuzz_model(void);

/* The whole of a file of tests/fuzz; free() it */
char *fuzz_read(const char *name, size_t *size);

/* The envelope as text; must be JSON.  free() it */
char *fuzz_json(const struct s2_json_options *opt, size_t *size);

/* A line ends with "\n"; nothing that a terminal obeys or that reorders text */
void fuzz_must_print(const char *text, size_t size);

/* The standard streams, replaced by memory */
struct fuzz_streams {
	FILE *in, *out, *err;		/* the real ones */
	char *out_text, *err_text;
	size_t out_size, err_size;
};
void fuzz_streams_take(struct fuzz_streams *s, const void *in, size_t size);
/* Gives them back; the texts stay until fuzz_streams_free() */
void fuzz_streams_give(struct fuzz_streams *s);
void fuzz_streams_free(struct fuzz_streams *s);

#endif /* FUZZ_H */
