// SPDX-License-Identifier: GPL-2.0-only
/* What the harnesses share */
#include "fuzz.h"
#include "json/json.h"

#include <json-c/json.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

void fuzz_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	dprintf(STDERR_FILENO, "must not be: ");
	vdprintf(STDERR_FILENO, fmt, args);
	dprintf(STDERR_FILENO, "\n");
	va_end(args);
	abort();
}

/* ------------------------------------------------------------------- time */

/*
 * What an input may take, in CPU time of this thread, so that it does not matter
 * what else runs.  Far more than any takes whose cost is linear in its size, with
 * sanitizers and on a slow machine; what is quadratic passes it before its size
 * is a megabyte.  Begin: what is read and made once.
 */
#define BEGIN_NS	2000000000ll
__attribute__((weak)) long long fuzz_ns_per_byte = 20000;

int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long long cpu_ns(void)
{
	struct timespec now;

	fuzz_must(!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), "no clock");
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* The linker puts it before each harness: see module.mk */
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	long long begin = cpu_ns();
	int result = __real_LLVMFuzzerTestOneInput(data, size);
	long long spent = cpu_ns() - begin;

	fuzz_must(spent <= BEGIN_NS + (long long)size * fuzz_ns_per_byte,
		  "%zu bytes took %lld ms of CPU time", size,
		  spent / 1000000);
	if (getenv("FUZZ_TIMES"))
		dprintf(STDERR_FILENO, "%zu bytes: %lld ms, %lld ns a byte\n",
			size, spent / 1000000,
			size ? spent / (long long)size : 0);
	return result;
}

/* Harnesses that need more have one of their own */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

struct s2_ctx *fuzz_ctx(void)
{
	struct s2_ctx *ctx;

	fuzz_must(!s2_ctx_new(&ctx), "no context");
	for (int root = S2_ROOT_SYS; root <= S2_ROOT_DEBUG; root++)
		s2_ctx_set_root(ctx, root, "/nonexistent");
	return ctx;
}

void fuzz_must_explain(const struct s2_ctx *ctx, int err)
{
	const char *text = s2_ctx_error(ctx);

	fuzz_must(err < 0 && err > -4096, "an error that is none: %d", err);
	fuzz_must(*text, "an error without a text: %d", err);
	fuzz_must(!strchr(text, '\n'), "an error of several lines");
	fuzz_must_print(text, strlen(text));
}

FILE *fuzz_open(const void *data, size_t size)
{
	/* fmemopen() of nothing fails */
	FILE *file = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");

	fuzz_must(file, "no stream");
	return file;
}

char *fuzz_part(struct fuzz_input *in, size_t *len)
{
	const uint8_t *end = in->left ? memchr(in->at, FUZZ_END, in->left) :
		NULL;
	size_t n = end ? (size_t)(end - in->at) : in->left;
	char *part = malloc(n + 1);

	fuzz_must(part, "no memory");
	if (n)
		memcpy(part, in->at, n);
	part[n] = '\0';
	in->at += n + !!end;
	in->left -= n + !!end;
	if (len)
		*len = n;
	return part;
}

char *fuzz_read(const char *name, size_t *size)
{
	char path[512], *text = malloc(65536);
	FILE *file;

	snprintf(path, sizeof(path), SRCDIR "/tests/fuzz/%s", name);
	file = fopen(path, "r");
	fuzz_must(file && text, "cannot read %s", path);
	*size = fread(text, 1, 65535, file);
	text[*size] = '\0';
	fclose(file);
	return text;
}

const struct s2_model *fuzz_model(void)
{
	static struct s2_model *model;
	struct s2_load_options opt = {
		.size = sizeof(opt),
		.flags = S2_LOAD_DEVICES | S2_LOAD_POLICY,
	};
	struct s2_source *src;
	struct s2_ctx *ctx;
	char *text;
	size_t size;
	FILE *file;

	if (model)
		return model;
	ctx = fuzz_ctx();
	text = fuzz_read("model.json", &size);
	file = fuzz_open(text, size);
	if (s2_open_snapshot_file(ctx, file, "model.json", &src) ||
	    s2_load(src, &opt, &model))
		fuzz_fail("%s", s2_ctx_error(ctx));
	fclose(file);
	free(text);
	s2_source_close(src);
	s2_ctx_unref(ctx);
	return model;
}

char *fuzz_json(const struct s2_json_options *opt, size_t *size)
{
	struct json_object *root;
	char *text = NULL;
	FILE *file = open_memstream(&text, size);
	int err = s2_json_write(file, opt);

	fclose(file);
	fuzz_must(!err, "%s: not written: %d", opt->kind, err);
	root = json_tokener_parse(text);
	fuzz_must(root, "%s: not JSON", opt->kind);
	json_object_put(root);
	fuzz_must_print(text, *size);
	return text;
}

static bool is_harmful(wchar_t c)
{
	return (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) ||
		c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
		(c >= 0x2066 && c <= 0x2069);
}

void fuzz_must_print(const char *text, size_t size)
{
	static bool is_set;
	mbstate_t state = { 0 };

	if (!is_set)
		fuzz_must(setlocale(LC_CTYPE, "C.UTF-8"), "no C.UTF-8");
	is_set = true;
	while (size) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, size, &state);

		fuzz_must(n && n <= size, "printed: a byte that is no UTF-8");
		fuzz_must(!is_harmful(c), "printed: character U+%04X",
			  (unsigned int)c);
		text += n;
		size -= n;
	}
}

void fuzz_streams_take(struct fuzz_streams *s, const void *in, size_t size)
{
	memset(s, 0, sizeof(*s));
	s->in = stdin;
	s->out = stdout;
	s->err = stderr;
	stdin = fuzz_open(in, size);
	stdout = open_memstream(&s->out_text, &s->out_size);
	stderr = open_memstream(&s->err_text, &s->err_size);
	fuzz_must(stdout && stderr, "no streams");
}

void fuzz_streams_give(struct fuzz_streams *s)
{
	fclose(stdin);
	fclose(stdout);
	fclose(stderr);
	stdin = s->in;
	stdout = s->out;
	stderr = s->err;
}

void fuzz_streams_free(struct fuzz_streams *s)
{
	free(s->out_text);
	free(s->err_text);
}
