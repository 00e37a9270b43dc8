// SPDX-License-Identifier: GPL-2.0-only
/* The library on the machine that the tests run on, whatever that is */
#include "unit.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <sys/utsname.h>

#include "source/proc/bar.h"
#include "source/kernel/nl.h"

/* The one family that every kernel has, and one that none has */
static void test_family(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_nl *nl;
	uint16_t id;

	(void)data;
	if (s2_nl_open(ctx, &nl)) {
		s2_ctx_unref(ctx);
		skip();
	}
	assert_int_equal(s2_nl_family(nl, "nlctrl", &id), 0);
	assert_int_equal(id, GENL_ID_CTRL);
	assert_int_equal(s2_nl_family(nl, "no_such_family", &id), -ENOENT);
	assert_int_equal(s2_nl_family(nl, "nlctrl", &id), 0);
	/* Longer than names can be: the kernel says which attribute it is */
	assert_true(s2_nl_family(nl, "a_name_longer_than_names_can_be", &id) <
		    0);
	assert_string_equal(nl->attr, "getfamily.family-name");
	s2_nl_close(nl);
	s2_ctx_unref(ctx);
}

static void test_bars(void **data)
{
	struct s2_ctx *ctx = new_ctx();
	struct s2_bars bars = { .count = 0 };

	(void)data;
	assert_int_equal(s2_bars_read(ctx, &bars), 0);
	for (size_t i = 0; i < bars.count; i++) {
		assert_true(bars.bar[i].start < bars.bar[i].end);
		assert_true(*bars.bar[i].bdf);
		assert_non_null(s2_bars_find(&bars, bars.bar[i].end));
	}
	s2_bars_clear(&bars);
	s2_ctx_unref(ctx);
}

/* Incomplete has a reason; what is known is true */
static void test_load(void **data)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_DEVICES,
	};
	struct s2_ctx *ctx = new_ctx();
	const struct s2_obj *host;
	struct s2_source *src;
	struct s2_model *model;
	struct utsname uts;

	(void)data;
	assert_int_equal(s2_open_kernel(ctx, &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	host = s2_model_host(model);
	uname(&uts);
	assert_string_equal(s2_obj_str(host, S2_HOST_MACHINE), uts.machine);
	assert_string_equal(s2_obj_str(host, S2_HOST_RELEASE), uts.release);
	assert_int_equal(s2_model_complete(model),
			 !s2_model_count(model, S2_OBJ_PROBLEM));
	if (!s2_obj_num(host, S2_HOST_SERIES, 0)) {
		assert_false(s2_model_complete(model));
		assert_false(s2_obj_get(host, S2_HOST_FWB).known);
	}
	s2_model_unref(model);
	s2_source_close(src);
	s2_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_family), cmocka_unit_test(test_bars),
		cmocka_unit_test(test_load),
	};

	return RUN_TESTS(tests);
}
