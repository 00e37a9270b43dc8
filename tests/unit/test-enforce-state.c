// SPDX-License-Identifier: GPL-2.0-only
/* What the service knows, without a kernel and without a clock */
#include "unit.h"

#include "enforce/state.h"

/* Any time will do; no test asks what time it is */
#define T	1000000

static void start(struct state *st)
{
	state_start(st, T);
	/* As if all had been done that a start asks for */
	st->look = false;
	st->anew = 0;
	st->awaited = AWAITED_NOT;
	state_audited(st, false, T);
}

/* ids: 0 ends them */
static void list(struct state *st, const uint64_t *ids, bool complete,
		 uint64_t now)
{
	state_list_begin(st);
	for (; *ids; ids++)
		assert_int_equal(state_list_vm(st, *ids, now), 0);
	state_list_end(st, complete);
}

#define LIST(st, now, ...) \
	list(st, (const uint64_t[]){ __VA_ARGS__, 0 }, true, now)

static void take(struct state *st, enum input_type type, uint64_t now)
{
	state_take(st, &(struct input){ .type = type }, now);
}

/* -------------------------------------------------------------------- lists */

static void test_order(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 9, 3, 7);
	assert_int_equal(st.n_vms, 3);
	assert_int_equal(st.n_gone, 0);
	assert_int_equal(st.vm[0].id, 3);
	assert_int_equal(st.vm[1].id, 7);
	assert_int_equal(st.vm[2].id, 9);
	/* Among those that are known, in whatever order they are listed */
	LIST(&st, T + 5, 8, 9, 7, 3);
	assert_int_equal(st.n_vms, 4);
	assert_int_equal(st.vm[2].id, 8);
	assert_int_equal(st.vm[2].due, T + 5);
	assert_int_equal(st.vm[3].id, 9);
	assert_int_equal(st.vm[3].due, T);
	assert_ptr_equal(state_find(&st, 8), &st.vm[2]);
	assert_null(state_find(&st, 4));
	state_free(&st);
}

static void test_new(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 3);
	assert_true(st.vm[0].fresh);
	assert_int_equal(st.vm[0].due, T);
	assert_int_equal(st.vm[0].visits, 0);
	assert_null(st.vm[0].name);
	state_free(&st);
}

/* More than there is room for at first */
static void test_many(void **data)
{
	struct state st;
	uint64_t ids[1001];

	(void)data;
	start(&st);
	for (size_t i = 0; i < 1000; i++)
		ids[i] = 1000 - i;
	ids[1000] = 0;
	list(&st, ids, true, T);
	assert_int_equal(st.n_vms, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(st.vm[i].id, i + 1);
	state_free(&st);
}

static void test_gone(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 3, 5, 7);
	state_name(state_find(&st, 5), "web", "u-5");
	LIST(&st, T, 3, 7);
	assert_int_equal(st.n_vms, 2);
	assert_null(state_find(&st, 5));
	/* It can still be told what it was called */
	assert_int_equal(st.n_gone, 1);
	assert_int_equal(st.vm[2].id, 5);
	assert_string_equal(st.vm[2].name, "web");
	assert_string_equal(st.vm[2].uuid, "u-5");
	state_drop_gone(&st);
	assert_int_equal(st.n_gone, 0);
	/* A new one where it stood */
	LIST(&st, T, 3, 7, 8);
	assert_int_equal(st.n_vms, 3);
	assert_null(st.vm[2].name);
	state_free(&st);
}

/* All in one list: some new, some gone, and those between them known */
static void test_gone_and_new(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 1, 2, 3, 4);
	for (size_t i = 0; i < 4; i++)
		state_name(&st.vm[i], (const char *[]){ "a", "b", "c", "d" }[i],
			   NULL);
	LIST(&st, T + 1, 6, 4, 2, 5);
	assert_int_equal(st.n_vms, 4);
	assert_int_equal(st.n_gone, 2);
	assert_string_equal(st.vm[0].name, "b");
	assert_string_equal(st.vm[1].name, "d");
	assert_int_equal(st.vm[2].id, 5);
	assert_int_equal(st.vm[3].id, 6);
	assert_string_equal(st.vm[4].name, "a");
	assert_string_equal(st.vm[5].name, "c");
	state_free(&st);
}

/* What a list that has not all does not name may be there all the same */
static void test_incomplete(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 3, 5);
	list(&st, (const uint64_t[]){ 6, 0 }, false, T);
	assert_int_equal(st.n_vms, 3);
	assert_int_equal(st.n_gone, 0);
	LIST(&st, T, 6);
	assert_int_equal(st.n_vms, 1);
	assert_int_equal(st.n_gone, 2);
	state_free(&st);
}

static void test_names(void **data)
{
	struct state st;
	struct seen *s;

	(void)data;
	start(&st);
	LIST(&st, T, 3);
	s = state_find(&st, 3);
	state_name(s, "web", NULL);
	assert_string_equal(s->name, "web");
	assert_null(s->uuid);
	/* What is not known now was known before */
	state_name(s, NULL, "u");
	assert_string_equal(s->name, "web");
	assert_string_equal(s->uuid, "u");
	state_name(s, "web2", "u");
	assert_string_equal(s->name, "web2");
	state_free(&st);
}

/* ------------------------------------------------------------------ serving */

/* s2ctl-enforce(8): looked at again 1, 5 and 30 seconds after it came */
static void test_visits(void **data)
{
	struct state st;
	struct seen *s;

	(void)data;
	start(&st);
	LIST(&st, T, 3);
	s = state_find(&st, 3);
	state_served(&st, s, SERVED_APPLIED, true, T);
	assert_int_equal(s->due, T + 1000);
	assert_false(s->fresh);
	state_served(&st, s, SERVED_UNCHANGED, true, T + 1000);
	assert_int_equal(s->due, T + 5000);
	state_served(&st, s, SERVED_UNCHANGED, true, T + 5000);
	assert_int_equal(s->due, T + 30000);
	state_served(&st, s, SERVED_UNCHANGED, true, T + 30000);
	assert_int_equal(s->due, 0);
	/* Only the first visit counts, unless one does something */
	assert_int_equal(st.served[SERVED_APPLIED], 1);
	assert_int_equal(st.served[SERVED_UNCHANGED], 0);
	state_free(&st);
}

static void test_served(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 1, 2, 3);
	/* Nothing more to come */
	state_served(&st, &st.vm[0], SERVED_UNCHANGED, false, T);
	assert_int_equal(st.vm[0].due, 0);
	assert_int_equal(st.served[SERVED_UNCHANGED], 1);
	/* What failed is tried again without being asked */
	state_served(&st, &st.vm[1], SERVED_FAILED, false, T);
	assert_int_equal(st.vm[1].due, T + 1000);
	state_served(&st, &st.vm[1], SERVED_APPLIED, false, T + 1000);
	assert_int_equal(st.vm[1].due, 0);
	assert_int_equal(st.served[SERVED_FAILED], 1);
	assert_int_equal(st.served[SERVED_APPLIED], 1);
	/* The rest of the round: the third was due and nobody has met it */
	state_serve_end(&st, true, T);
	assert_int_equal(st.vm[2].due, 0);
	assert_int_equal(st.served[SERVED_GONE], 1);
	state_free(&st);
}

/*
 * A machine under load: it takes 3 s to serve all.  Who was first is due again
 * by then, 1 s after it was served, and must not be taken for one that has ended.
 */
static void test_slow_round(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 1, 2);
	state_served(&st, &st.vm[0], SERVED_APPLIED, true, T + 10);
	state_served(&st, &st.vm[1], SERVED_APPLIED, true, T + 3000);
	state_serve_end(&st, true, T);
	state_serve_end(&st, false, T);
	assert_int_equal(st.vm[0].due, T + 1010);
	assert_int_equal(st.vm[1].due, T + 4000);
	assert_int_equal(st.served[SERVED_GONE], 0);
	state_free(&st);
}

static void test_put_off(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 1, 2);
	state_served(&st, &st.vm[0], SERVED_APPLIED, true, T);
	state_put_off(&st, T, T + 100);
	assert_int_equal(st.vm[0].due, T + 1000);
	assert_int_equal(st.vm[1].due, T + 1100);
	assert_true(st.vm[1].fresh);
	assert_int_equal(st.retry, T + 1100);
	/* A list is what it waited for */
	LIST(&st, T + 1100, 1, 2);
	assert_int_equal(st.retry, 0);
	state_free(&st);
}

/* ----------------------------------------------------------- all of it anew */

static void test_try(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	LIST(&st, T, 1, 2);
	state_served(&st, &st.vm[0], SERVED_APPLIED, false, T);
	state_served(&st, &st.vm[1], SERVED_APPLIED, false, T);
	state_try_begin(&st, T + 50);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(st.vm[i].due, T + 50);
		assert_true(st.vm[i].fresh);
		assert_int_equal(st.vm[i].visits, 0);
	}
	state_blame(&st, 2);
	state_blame(&st, 77);
	assert_true(st.vm[0].fresh);
	assert_false(st.vm[1].fresh);
	state_refused(&st, &st.vm[1]);
	assert_int_equal(st.vm[1].due, 0);
	assert_int_equal(st.served[SERVED_REFUSED], 1);
	state_try_end(&st, false, T + 60);
	assert_int_equal(st.anew, 0);
	state_free(&st);
}

/* 1, 2, 4 s ... 5 minutes; from the beginning once it has worked */
static void test_backoff(void **data)
{
	static const uint64_t seconds[] = {
		1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300,
	};
	struct state st;

	(void)data;
	start(&st);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		state_try_end(&st, true, T);
		assert_int_equal(st.anew, T + 1000 * seconds[i]);
	}
	state_try_end(&st, false, T);
	assert_int_equal(st.anew, 0);
	state_try_end(&st, true, T);
	assert_int_equal(st.anew, T + 1000);
	state_free(&st);
}

/* ------------------------------------------------------------------- events */

static void test_lost(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	take(&st, INPUT_LOST, T + 20000);
	assert_int_equal(st.recovered[CAUSE_OVERRUN], 1);
	assert_true(st.look);
	assert_int_equal(st.audit, T + 21000);
	state_free(&st);
}

static void test_sockets(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	take(&st, INPUT_BROKEN, T);
	assert_int_equal(st.reopen, T);
	state_opened(&st, false, T);
	assert_int_equal(st.reopen, T + 1000);
	assert_int_equal(st.recovered[CAUSE_SOCKET], 0);
	/* Without events, VMs are looked for all the same */
	assert_true(st.look);
	state_opened(&st, true, T + 1000);
	assert_int_equal(st.reopen, 0);
	assert_int_equal(st.recovered[CAUSE_SOCKET], 1);
	assert_true(st.audit);
	state_free(&st);
}

/* What asks for an audit, for a look, for neither */
static void test_inputs(void **data)
{
	static const struct {
		enum input_type type;
		bool look, audit;
	} cases[] = {
		{ INPUT_NONE, false, false }, { INPUT_DEVICE, true, false },
		{ INPUT_GONE, true, true }, { INPUT_DENIED, false, true },
		{ INPUT_OTHER, false, true }, { INPUT_LOST, true, true },
		{ INPUT_STOP, false, false }, { INPUT_RELOAD, false, false },
	};

	(void)data;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct state st;

		start(&st);
		take(&st, cases[i].type, T);
		assert_int_equal(st.look, cases[i].look);
		assert_int_equal(st.audit != 0, cases[i].audit);
		assert_int_equal(st.stop, cases[i].type == INPUT_STOP);
		assert_int_equal(st.reload, cases[i].type == INPUT_RELOAD);
		state_free(&st);
	}
}

/* ------------------------------------------------------------------- audits */

/* A second after what happened, ten after the last one; what comes first holds */
static void test_audit_soon(void **data)
{
	struct state st;

	(void)data;
	start(&st);		/* audited at T */
	state_audit_soon(&st, T + 500);
	assert_int_equal(st.audit, T + 10000);
	state_audited(&st, false, T + 10000);
	assert_int_equal(st.audit, 0);
	state_audit_soon(&st, T + 60000);
	assert_int_equal(st.audit, T + 61000);
	state_audit_soon(&st, T + 60900);
	assert_int_equal(st.audit, T + 61000);
	state_audited(&st, true, T + 61000);
	assert_int_equal(st.audit, T + 91000);
	state_free(&st);
}

static void test_written(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	assert_false(state_written(&st, true, T));
	assert_int_equal(st.audit, 0);
	/* Told once, tried again half a minute later */
	assert_true(state_written(&st, false, T));
	assert_int_equal(st.audit, T + 30000);
	assert_false(state_written(&st, false, T + 30000));
	assert_int_equal(st.recovered[CAUSE_METRICS], 0);
	assert_true(state_written(&st, true, T + 60000));
	assert_int_equal(st.recovered[CAUSE_METRICS], 1);
	assert_false(state_written(&st, true, T + 70000));
	state_free(&st);
}

static void test_next(void **data)
{
	struct state st;

	(void)data;
	start(&st);
	assert_int_equal(state_next(&st), 0);
	LIST(&st, T + 9, 1, 2);
	st.vm[0].due = 0;
	assert_int_equal(state_next(&st), T + 9);
	st.audit = T + 8;
	assert_int_equal(state_next(&st), T + 8);
	st.reopen = T + 7;
	assert_int_equal(state_next(&st), T + 7);
	st.anew = T + 6;
	assert_int_equal(state_next(&st), T + 6);
	st.retry = T + 5;
	assert_int_equal(state_next(&st), T + 5);
	state_free(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_gone_and_new),
		cmocka_unit_test(test_incomplete),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_visits),
		cmocka_unit_test(test_served),
		cmocka_unit_test(test_slow_round),
		cmocka_unit_test(test_put_off),
		cmocka_unit_test(test_try),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_audit_soon),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_next),
	};

	return RUN_TESTS(tests);
}
