// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel backend fed with answers in which bytes were changed, the same
 * ones each time.  Nothing is expected but that it lives: with the sanitizers
 * that says a lot.
 */
#include "unit.h"

#include <linux/kvm_s2_types.h>

#include "fake-kernel.h"
#include "json/json.h"

#define ROUNDS	2000

static unsigned int next_random(unsigned int *seed, unsigned int limit)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % limit;
}

static void write_script(struct fake *fake)
{
	say_family(fake);
	say_host(fake);
	say_vm(fake, 9);
	say_vm(fake, 10);
	say_done(fake, 0, 0);
	for (int vm = 0; vm < 2; vm++) {
		say_slot(fake, 0, 0, 0x3000);
		say_slot(fake, 1, 0x8000, 0x3000);
		say_done(fake, 0, 0);
		say_extent(fake, 0, 0x1000, KVM_S2_CLASS_RAM,
			   KVM_S2_TYPE_WB, 0);
		say_extent(fake, 0x1000, 0x1000, KVM_S2_CLASS_RAM,
			   KVM_S2_TYPE_WB, 0);
		say_extent(fake, 0x8000, 0x1000, KVM_S2_CLASS_IO,
			   KVM_S2_TYPE_DEVICE, 0);
		say_done(fake, 0, 0);
		say_extent(fake, 0x8000, 0x1000, KVM_S2_CLASS_IO,
			   KVM_S2_TYPE_DEVICE, 0x1000000);
		say_done(fake, 0, 0);
	}
}

/* Changes a byte, a bit, a length; not in the first two, which name the family */
static void spoil(struct fake *fake, unsigned int *seed)
{
	size_t n = 2 + next_random(seed, fake->count - 2);
	char *data = fake->datagram[n];
	unsigned int at;

	if (!fake->len[n])
		return;
	at = next_random(seed, fake->len[n]);
	switch (next_random(seed, 4)) {
	case 0:
		data[at] = (char)next_random(seed, 256);
		break;
	case 1:
		data[at] ^= (char)(1u << next_random(seed, 8));
		break;
	case 2:
		fake->len[n] = next_random(seed, fake->len[n] + 1);
		break;
	default:
		data[at & ~3u] = (char)next_random(seed, 80);
		break;
	}
}

static void run_all(struct state *state)
{
	struct s2_json_options json = {
		.size = sizeof(json), .kind = "audit",
	};
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES,
	};
	FILE *file = fopen("/dev/null", "w");
	struct s2_report *report;
	struct s2_model *model;

	open_fake(state);
	if (!s2_load(state->src, &opt, &model)) {
		assert_int_equal(s2_audit(state->ctx, model, &report), 0);
		json.model = model;
		json.report = report;
		assert_int_equal(s2_json_write(file, &json), 0);
		s2_report_unref(report);
		s2_model_unref(model);
	}
	fclose(file);
}

static void test_spoilt_answers(void **data)
{
	(void)data;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		unsigned int seed = round;
		void *state;

		setup(&state);
		write_script(&((struct state *)state)->fake);
		for (unsigned int i = 1 + next_random(&seed, 6); i; i--)
			spoil(&((struct state *)state)->fake, &seed);
		run_all(state);
		teardown(&state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spoilt_answers),
	};

	return RUN_TESTS(tests);
}
