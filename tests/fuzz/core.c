// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel's memory: the tiny kernel's (tests/unit/tiny.h), in which words are others.
 * Each twelve bytes of the input are where, as a number among the words of the file that
 * are not zero, and what.  What comes out must be types that there are, and soon.
 */
#include <linux/kvm_s2_types.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "source/core/reader.h"
#include "tests/unit/tiny.h"

#define RECORD		12
#define RECORDS_MAX	64
#define WORDS_MAX	65536

/* A read of memory is a system call; the budget of the smallest dump is a million of them */
long long fuzz_ns_per_byte = 4000000;

static int fd;
static off_t word[WORDS_MAX];
static size_t words;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct tiny tiny;
	uint64_t value;

	(void)argc;
	(void)argv;
	tiny_make(&tiny, 0);
	fd = tiny_file(&tiny, 0, NULL);
	for (off_t at = 0; at < TINY_OFF + (off_t)tiny.used; at += 8) {
		if (pread(fd, &value, 8, at) == 8 && value && words < WORDS_MAX)
			word[words++] = at;
	}
	tiny_free(&tiny);
	return 0;
}

static off_t place_of(uint32_t where)
{
	return word[where % words];
}

static int take_slot(void *data, const struct s2_slot *slot)
{
	(void)data;
	fuzz_must(slot->bytes && slot->gpa + slot->bytes > slot->gpa,
		  "a slot without memory");
	return 0;
}

static int take_extent(void *data, const struct s2_core_extent *e)
{
	uint64_t *end = data;

	fuzz_must(e->bytes && e->gpa >= *end, "extents that are not in order");
	*end = e->gpa + e->bytes;
	fuzz_must(e->mapped == KVM_S2_TYPE_UNMAPPED ||
		  e->mapped == KVM_S2_TYPE_WB || e->mapped == KVM_S2_TYPE_NC ||
		  e->mapped == KVM_S2_TYPE_DEVICE, "type %u", e->mapped);
	fuzz_must(e->class <= KVM_S2_CLASS_VGIC, "class %u", e->class);
	return 0;
}

static void read_all(struct s2_ctx *ctx)
{
	struct s2_core core;
	int err = s2_core_open(&core, ctx, fd, "fuzz", false, -1);

	if (!err) {
		err = s2_core_find_vms(&core);
		for (size_t i = 0; !err && i < core.vms && i < 64; i++) {
			uint64_t end = 0;
			const struct s2_core_sink sink = {
				take_slot, take_extent, &end,
			};

			s2_core_read_vm(&core, &core.vm[i], true, i % 2, &sink);
		}
		if (err)
			fuzz_must_explain(ctx, err);
		s2_core_close(&core);
	} else {
		fuzz_must_explain(ctx, err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t records = size / RECORD;
	uint64_t was[RECORDS_MAX];
	struct s2_ctx *ctx = fuzz_ctx();

	if (records > RECORDS_MAX)
		records = RECORDS_MAX;
	for (size_t i = 0; i < records; i++) {
		uint32_t where;

		memcpy(&where, data + i * RECORD, sizeof(where));
		fuzz_must(pread(fd, &was[i], 8, place_of(where)) == 8, "read");
		fuzz_must(pwrite(fd, data + i * RECORD + 4, 8,
				 place_of(where)) == 8, "write");
	}
	read_all(ctx);
	/* Backwards: two may be for one place */
	for (size_t i = records; i--;) {
		uint32_t where;

		memcpy(&where, data + i * RECORD, sizeof(where));
		fuzz_must(pwrite(fd, &was[i], 8, place_of(where)) == 8, "write");
	}
	s2_ctx_unref(ctx);
	return 0;
}
