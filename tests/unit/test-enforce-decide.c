// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the service decides, step by step.  The kernel is a list of VMs here, and
 * the clock a number that the test moves.
 */
#include "unit.h"

#include "enforce/decide.h"

#define VMS_MAX	300

static struct state st;
static uint64_t now;
/* VMs that are there, and what becomes of one that is served; 0 ends them */
static uint64_t there[VMS_MAX + 1];
static enum served result;
static bool again;
/* Those that were served, in that order */
static uint64_t order[VMS_MAX];
static size_t n_order;
/* How long it takes to serve one, in ms */
static uint64_t takes;

static int setup(void **data)
{
	(void)data;
	now = 5000000;
	there[0] = 0;
	result = SERVED_UNCHANGED;
	again = false;
	n_order = 0;
	takes = 0;
	state_start(&st, now);
	return 0;
}

static int teardown(void **data)
{
	(void)data;
	state_free(&st);
	return 0;
}

/* ------------------------------------------------------ effects, as they are */

static void list(void)
{
	state_list_begin(&st);
	for (const uint64_t *id = there; *id; id++)
		assert_int_equal(state_list_vm(&st, *id, now), 0);
	state_list_end(&st, true);
	state_drop_gone(&st);
}

static void serve(bool fresh, uint64_t at)
{
	for (size_t i = 0; i < st.n_vms; i++) {
		if (!state_is_due(&st.vm[i], fresh, at))
			continue;
		now += takes;
		order[n_order++] = st.vm[i].id;
		state_served(&st, &st.vm[i], result, again, now);
	}
	state_serve_end(&st, fresh, at);
}

/* What it decides now, and that it is this */
static struct action expect(enum action_type type)
{
	struct action action = decide(&st, now);

	assert_int_equal(action.type, type);
	assert_int_equal(action.at, now);
	return action;
}

/* ... and have it done, as if all went well */
static void expect_done(enum action_type type)
{
	const struct action action = expect(type);

	switch (type) {
	case ACTION_RELOAD:
		state_reloaded(&st, true, now);
		break;
	case ACTION_OPEN:
		state_opened(&st, true, now);
		break;
	case ACTION_TRY_ALL:
		list();
		state_try_begin(&st, now);
		state_try_end(&st, false, now);
		break;
	case ACTION_LIST:
		list();
		break;
	case ACTION_SERVE_FRESH:
	case ACTION_SERVE_REST:
		serve(type == ACTION_SERVE_FRESH, action.at);
		break;
	case ACTION_AUDIT:
		state_audited(&st, false, now);
		break;
	case ACTION_ANSWER:
		state_answered(&st);
		break;
	case ACTION_STOP:
	case ACTION_WAIT:
		break;
	}
}

/* Nothing to do for so many ms; 0: for ever.  Then it is that late */
static void expect_wait(uint64_t ms)
{
	const struct action action = expect(ACTION_WAIT);

	assert_int_equal(action.until, ms ? now + ms : 0);
	now += ms;
}

static void take(enum input_type type)
{
	state_take(&st, &(struct input){ .type = type }, now);
}

/* A service that has begun, long ago, and that knows what is there */
static void begun(void)
{
	expect_done(ACTION_TRY_ALL);
	if (*there)
		expect_done(ACTION_SERVE_FRESH);
	expect_done(ACTION_AUDIT);
	expect_done(ACTION_ANSWER);
	expect_wait(0);
	now += 3600000;
	n_order = 0;
}

/* -------------------------------------------------------------------- tests */

/* Whoever started it is answered when the VMs are served and audited */
static void test_start(void **data)
{
	(void)data;
	there[0] = 3;
	there[1] = 0;
	expect_done(ACTION_TRY_ALL);
	expect_done(ACTION_SERVE_FRESH);
	expect_done(ACTION_AUDIT);
	expect_done(ACTION_ANSWER);
	expect_wait(0);
}

/* An audit that fails, or VMs that cannot be listed, keep no answer back */
static void test_start_fails(void **data)
{
	(void)data;
	expect(ACTION_TRY_ALL);
	state_try_end(&st, true, now);
	expect(ACTION_AUDIT);
	state_audited(&st, true, now);
	expect_done(ACTION_ANSWER);
	/* VMs may still be there */
	expect(ACTION_LIST);
	state_put_off(&st, now, now);
	expect_wait(1000);
	expect(ACTION_TRY_ALL);
}

static void test_new_vm(void **data)
{
	(void)data;
	begun();
	there[0] = 4;
	there[1] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	result = SERVED_APPLIED;
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(n_order, 1);
	assert_int_equal(order[0], 4);
	/* A second later its findings; it need not be looked at again */
	expect_wait(1000);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
}

/* A rule for devices: 1, 5 and 30 seconds after it came, and no more */
static void test_visits(void **data)
{
	uint64_t came;

	(void)data;
	begun();
	there[0] = 4;
	there[1] = 0;
	take(INPUT_DEVICE);
	came = now;
	expect_done(ACTION_LIST);
	again = true;
	expect_done(ACTION_SERVE_FRESH);
	expect_wait(1000);
	expect_done(ACTION_SERVE_REST);
	expect_done(ACTION_AUDIT);
	expect_wait(4000);
	expect_done(ACTION_SERVE_REST);
	expect_wait(25000);
	expect_done(ACTION_SERVE_REST);
	assert_int_equal(now, came + 30000);
	assert_int_equal(n_order, 4);
	expect_wait(0);
}

/* VMs that come together: all found by one list, and served in order of id */
static void test_burst(void **data)
{
	(void)data;
	begun();
	for (size_t i = 0; i < 200; i++) {
		there[i] = 1200 - i;
		there[i + 1] = 0;
		take(INPUT_DEVICE);
	}
	expect_done(ACTION_LIST);
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(n_order, 200);
	for (size_t i = 0; i < 200; i++)
		assert_int_equal(order[i], 1001 + i);
	expect_wait(1000);
}

/* However fast VMs come, those that were found are served before the next list */
static void test_flood(void **data)
{
	(void)data;
	there[0] = 1;
	there[1] = 0;
	again = true;
	expect_done(ACTION_TRY_ALL);
	expect_done(ACTION_SERVE_FRESH);
	expect_done(ACTION_AUDIT);
	expect_done(ACTION_ANSWER);
	/* The first VM is due a second time when the second one comes */
	expect_wait(1000);
	there[1] = 2;
	there[2] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	take(INPUT_DEVICE);
	expect_done(ACTION_SERVE_FRESH);
	take(INPUT_DEVICE);
	expect_done(ACTION_SERVE_REST);
	assert_int_equal(n_order, 3);
	assert_int_equal(order[1], 2);
	assert_int_equal(order[2], 1);
	expect_done(ACTION_LIST);
	/* Nor does an audit wait for ever, that was due 10 s ago */
	now = st.audit + 9999;
	take(INPUT_DEVICE);
	expect_done(ACTION_SERVE_REST);
	expect(ACTION_LIST);
	now++;
	expect_done(ACTION_AUDIT);
	expect_done(ACTION_LIST);
	/* ... which still waits for those that were found */
	there[2] = 3;
	there[3] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	take(INPUT_DENIED);
	take(INPUT_DEVICE);
	now = st.audit + 60000;
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(order[n_order - 1], 3);
	expect_done(ACTION_SERVE_REST);
	expect_done(ACTION_AUDIT);
	expect_done(ACTION_LIST);
}

/* Under load: it takes longer to serve them than until the first is due again */
static void test_slow(void **data)
{
	(void)data;
	begun();
	for (size_t i = 0; i < 10; i++)
		there[i] = i + 1;
	there[10] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	again = true;
	takes = 700;
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(n_order, 10);
	/* The last was served after 7 s, the ninth after 6.3: so 1 to 8 are due */
	expect_done(ACTION_SERVE_REST);
	assert_int_equal(n_order, 18);
	assert_int_equal(order[10], 1);
	assert_int_equal(order[17], 8);
	assert_int_equal(st.served[SERVED_GONE], 0);
	/* None of them is dropped: each is served four times */
	takes = 0;
	while (decide(&st, now).type != ACTION_WAIT || state_next(&st)) {
		const struct action action = decide(&st, now);

		if (action.type == ACTION_WAIT)
			now = action.until;
		else
			expect_done(action.type);
	}
	assert_int_equal(n_order, 40);
}

static void test_serve_fails(void **data)
{
	(void)data;
	begun();
	there[0] = 4;
	there[1] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	expect(ACTION_SERVE_FRESH);
	state_put_off(&st, now, now);
	expect_wait(1000);
	expect_done(ACTION_LIST);
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(n_order, 1);
}

/* One that fails is looked at again a second later */
static void test_vm_fails(void **data)
{
	(void)data;
	begun();
	there[0] = 4;
	there[1] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	result = SERVED_FAILED;
	expect_done(ACTION_SERVE_FRESH);
	expect_wait(1000);
	result = SERVED_APPLIED;
	expect_done(ACTION_SERVE_REST);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
}

/* A signal that came while they were served goes first; none is forgotten */
static void test_interrupted(void **data)
{
	(void)data;
	begun();
	there[0] = 4;
	there[1] = 5;
	there[2] = 0;
	take(INPUT_DEVICE);
	expect_done(ACTION_LIST);
	expect(ACTION_SERVE_FRESH);
	state_served(&st, state_find(&st, 4), SERVED_APPLIED, false, now);
	take(INPUT_RELOAD);
	expect(ACTION_RELOAD);
	state_reloaded(&st, false, now);
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(n_order, 1);
	assert_int_equal(order[0], 5);
	expect_done(ACTION_ANSWER);
}

/* ... and is answered when what it asks for is set, before the audit */
static void test_reload(void **data)
{
	(void)data;
	there[0] = 4;
	there[1] = 0;
	begun();
	take(INPUT_RELOAD);
	expect_done(ACTION_RELOAD);
	expect_done(ACTION_TRY_ALL);
	expect_done(ACTION_SERVE_FRESH);
	assert_int_equal(n_order, 1);
	expect_done(ACTION_ANSWER);
	expect_wait(1000);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
}

/* A policy with a mistake changes nothing; the file of metrics says so */
static void test_reload_bad(void **data)
{
	(void)data;
	there[0] = 4;
	there[1] = 0;
	begun();
	take(INPUT_RELOAD);
	expect(ACTION_RELOAD);
	state_reloaded(&st, false, now);
	expect_done(ACTION_ANSWER);
	expect_wait(1000);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
	assert_int_equal(n_order, 0);
}

/* Tried again after 1, 2 and 4 seconds; VMs are served by themselves meanwhile */
static void test_try_fails(void **data)
{
	(void)data;
	there[0] = 4;
	there[1] = 0;
	begun();
	take(INPUT_RELOAD);
	expect_done(ACTION_RELOAD);
	for (uint64_t ms = 1000; ms <= 4000; ms *= 2) {
		expect(ACTION_TRY_ALL);
		state_try_begin(&st, now);
		state_try_each(&st);
		state_try_end(&st, true, now);
		expect_done(ACTION_SERVE_REST);
		if (ms == 1000)
			expect_done(ACTION_ANSWER);
		st.audit = 0;
		expect_wait(ms);
	}
	expect_done(ACTION_TRY_ALL);
	expect_done(ACTION_SERVE_FRESH);
}

static void test_lost(void **data)
{
	(void)data;
	begun();
	take(INPUT_LOST);
	expect_done(ACTION_LIST);
	expect_wait(1000);
	expect_done(ACTION_AUDIT);
	assert_int_equal(st.recovered[CAUSE_OVERRUN], 1);
	expect_wait(0);
}

/* Opened at once; if that fails each second, and VMs are listed as often */
static void test_broken(void **data)
{
	(void)data;
	begun();
	take(INPUT_BROKEN);
	for (int i = 0; i < 3; i++) {
		expect(ACTION_OPEN);
		state_opened(&st, false, now);
		expect_done(ACTION_LIST);
		expect_wait(1000);
	}
	expect_done(ACTION_OPEN);
	expect_done(ACTION_LIST);
	assert_int_equal(st.recovered[CAUSE_SOCKET], 1);
	expect_wait(1000);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
}

/* A second after a change; while changes go on, every ten */
static void test_audit(void **data)
{
	(void)data;
	begun();
	take(INPUT_DENIED);
	expect_wait(1000);
	expect_done(ACTION_AUDIT);
	take(INPUT_DENIED);
	expect_wait(10000);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
	take(INPUT_OTHER);
	expect_wait(10000);
	expect(ACTION_AUDIT);
	state_audited(&st, true, now);
	expect_wait(30000);
	expect_done(ACTION_AUDIT);
	/* The file could not be written */
	state_written(&st, false, now);
	expect_wait(30000);
	expect_done(ACTION_AUDIT);
	expect_wait(0);
}

/* Before anything else, and from wherever it is */
static void test_stop(void **data)
{
	(void)data;
	expect(ACTION_TRY_ALL);
	take(INPUT_RELOAD);
	take(INPUT_BROKEN);
	take(INPUT_STOP);
	expect(ACTION_STOP);
}

/* The same question has the same answer, and asking changes nothing */
static void test_pure(void **data)
{
	struct state before;

	(void)data;
	there[0] = 4;
	there[1] = 0;
	begun();
	take(INPUT_LOST);
	before = st;
	for (int i = 0; i < 3; i++)
		expect(ACTION_LIST);
	assert_memory_equal(&before, &st, sizeof(st));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_start),
		TEST(test_start_fails),
		TEST(test_new_vm),
		TEST(test_visits),
		TEST(test_burst),
		TEST(test_flood),
		TEST(test_slow),
		TEST(test_serve_fails),
		TEST(test_vm_fails),
		TEST(test_interrupted),
		TEST(test_reload),
		TEST(test_reload_bad),
		TEST(test_try_fails),
		TEST(test_lost),
		TEST(test_broken),
		TEST(test_audit),
		TEST(test_stop),
		TEST(test_pure),
	};

	return RUN_TESTS(tests);
}
