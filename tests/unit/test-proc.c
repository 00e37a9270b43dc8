// SPDX-License-Identifier: GPL-2.0-only
/* VMs from a /proc and a debugfs of our own; command lines nobody should trust */
#include "unit.h"

#include <errno.h>

#include "source/proc/proc.h"

struct state {
	struct s2_ctx *ctx;
	char *root;
	char *debug;
};

static int setup(void **data)
{
	struct state *state = calloc(1, sizeof(*state));

	state->ctx = new_ctx();
	state->root = make_dir();
	state->debug = make_dir();
	s2_ctx_set_root(state->ctx, S2_ROOT_PROC, state->root);
	s2_ctx_set_root(state->ctx, S2_ROOT_SYS, state->root);
	s2_ctx_set_root(state->ctx, S2_ROOT_DEBUG, state->debug);
	*data = state;
	return 0;
}

static int teardown(void **data)
{
	struct state *state = *data;

	s2_ctx_unref(state->ctx);
	drop_dir(state->root);
	drop_dir(state->debug);
	free(state);
	return 0;
}

static struct s2_model *load(struct state *state)
{
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_SLOTS,
	};
	struct s2_source *src;
	struct s2_model *model;

	assert_int_equal(s2_open_kernel(state->ctx, &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), 0);
	s2_source_close(src);
	return model;
}

static void put_qemu(struct state *state, const char *pid, const char *cmdline,
		     size_t len)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/comm", pid);
	put_text(state->root, path, "qemu-system-aar\n");
	snprintf(path, sizeof(path), "%s/cmdline", pid);
	put_file(state->root, path, cmdline, len);
	snprintf(path, sizeof(path), "%s/fd/3", pid);
	put_link(state->root, path, "/dev/kvm");
	snprintf(path, sizeof(path), "%s/fd/12", pid);
	put_link(state->root, path, "anon_inode:kvm-vm");
}

static const char qemu[] =
	"qemu-system-aarch64\0-name\0guest=web,,1,debug-threads=on\0"
	"-uuid\0c7a5fdbd-edaf-9455-926a-d65c16db1809\0-m\0256";

static void test_fds(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	const struct s2_obj *vm;

	put_qemu(state, "4200001", qemu, sizeof(qemu));
	put_text(state->root, "4200002/comm", "bash\n");
	put_link(state->root, "4200002/fd/0", "/tmp/anon_inode:kvm-vm");
	put_text(state->root, "self/comm", "x\n");
	model = load(state);
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 1);
	vm = nth_vm(model, 0);
	assert_int_equal(s2_obj_num(vm, S2_VM_PID, 0), 4200001);
	assert_int_equal(s2_obj_num(vm, S2_VM_FD, 0), 12);
	assert_string_equal(s2_obj_str(vm, S2_VM_COMM), "qemu-system-aar");
	assert_string_equal(s2_obj_str(vm, S2_VM_NAME), "web,1");
	assert_string_equal(s2_obj_str(vm, S2_VM_UUID),
			    "c7a5fdbd-edaf-9455-926a-d65c16db1809");
	/* Everything else is not known, and it is said */
	assert_false(s2_obj_get(vm, S2_VM_ID).known);
	assert_false(s2_obj_get(vm, S2_VM_ALIVE).known);
	assert_false(s2_obj_known(vm, S2_OBJ_SLOT));
	assert_false(s2_model_complete(model));
	assert_string_equal(s2_obj_str(s2_model_host(model), S2_HOST_SOURCE),
			    "proc");
	s2_model_unref(model);
}

/* Field 22, whatever the task is called; nothing where it is cut short */
static void test_start(void **data)
{
	static const struct {
		const char *stat;
		bool known;
		uint64_t start;
	} cases[] = {
		{ "4200001 (qemu) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21\n",
		  true, 4711 },
		{ "4200001 (a ) b) R 1) (\n) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 18446744073709551615 20\n",
		  true, UINT64_MAX },
		{ "4200001 (qemu) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18\n",
		  false, 0 },
		{ "4200001 (qemu", false, 0 }, { "", false, 0 },
	};
	struct state *state = *data;

	put_qemu(state, "4200001", qemu, sizeof(qemu));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_model *model;
		struct s2_value start;

		put_text(state->root, "4200001/stat", cases[i].stat);
		model = load(state);
		start = s2_obj_get(nth_vm(model, 0), S2_VM_START);
		if (start.known != cases[i].known ||
		    (start.known && start.num != cases[i].start))
			fail_msg("case %zu: %d %llu", i, start.known,
				 (unsigned long long)start.num);
		/* /proc does not tell in which order they were made */
		assert_false(s2_obj_get(nth_vm(model, 0), S2_VM_NTH).known);
		s2_model_unref(model);
	}
}

/* debugfs is complete and counts no VM twice; its PID is that of a thread */
static void test_debugfs(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	put_qemu(state, "4200001", qemu, sizeof(qemu));
	put_link(state->root, "4200001/fd/40", "anon_inode:kvm-vm");
	put_text(state->root, "4200007/status",
		 "Name:\tworker\nTgid:\t4200001\n");
	put_text(state->debug, "kvm/4200007-12/halt_poll", "0");
	put_text(state->debug, "kvm/4200099-5/halt_poll", "0");
	put_text(state->debug, "kvm/exits", "0");
	put_text(state->debug, "kvm/4200001-x/exits", "0");
	model = load(state);
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 2);
	assert_int_equal(s2_obj_num(nth_vm(model, 0), S2_VM_PID, 0), 4200001);
	assert_int_equal(s2_obj_num(nth_vm(model, 0), S2_VM_FD, 0), 12);
	assert_string_equal(s2_obj_str(nth_vm(model, 0), S2_VM_NAME), "web,1");
	/* Its process is gone: there is nothing more to say */
	assert_int_equal(s2_obj_num(nth_vm(model, 1), S2_VM_PID, 0), 4200099);
	assert_null(s2_obj_str(nth_vm(model, 1), S2_VM_COMM));
	s2_model_unref(model);
}

/* A process that took the number of one that ended is not the VM's */
static void test_pid_used_again(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	put_text(state->root, "4200003/comm", "innocent\n");
	put_file(state->root, "4200003/cmdline", "x\0-name\0mallory", 16);
	put_link(state->root, "4200003/fd/1", "/dev/null");
	put_text(state->debug, "kvm/4200003-5/exits", "0");
	model = load(state);
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 1);
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_COMM));
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_NAME));
	s2_model_unref(model);
}

static const struct s2_obj *load_owned(struct state *state, const char *status,
				       const char *cgroup,
				       struct s2_model **model)
{
	put_qemu(state, "4200001", qemu, sizeof(qemu));
	put_text(state->root, "4200001/status", status);
	put_text(state->root, "4200001/cgroup", cgroup);
	*model = load(state);
	assert_int_equal(s2_model_count(*model, S2_OBJ_VM), 1);
	return nth_vm(*model, 0);
}

/* The effective user, and the cgroup of the one hierarchy or of systemd */
static void test_owner(void **data)
{
	static const struct {
		const char *cgroup;
		const char *want;
	} cases[] = {
		{ "0::/machine.slice/a.scope\n", "/machine.slice/a.scope" },
		{ "1:name=systemd:/x\n0::/a:b\n", "/a:b" },
		{ "0::/a\n1:name=systemd:/x\n", "/a" },
		{ "4:memory:/m\n1:name=systemd:/x\n", "/x" },
		{ "4:memory:/m\n", NULL }, { "0::\n", NULL }, { "", NULL },
		{ "0::/..\x1b[2J\n", "/..\\x1b[2J" },
	};
	struct state *state = *data;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct s2_model *model;
		const struct s2_obj *vm;

		if (i) {
			drop_dir(state->root);
			state->root = make_dir();
			s2_ctx_set_root(state->ctx, S2_ROOT_PROC, state->root);
		}
		vm = load_owned(state, "Name:\tUid: 9\nUid:\t1\t64055\t3\t4\n",
				cases[i].cgroup, &model);
		assert_int_equal(s2_obj_num(vm, S2_VM_UID, 0), 64055);
		if (cases[i].want)
			assert_string_equal(s2_obj_str(vm, S2_VM_CGROUP),
					    cases[i].want);
		else
			assert_null(s2_obj_str(vm, S2_VM_CGROUP));
		s2_model_unref(model);
	}
}

/* Without its status the user is not known: not 0 */
static void test_no_owner(void **data)
{
	struct state *state = *data;
	struct s2_model *model;
	const struct s2_obj *vm = load_owned(state, "Name:\tx\n", "", &model);

	assert_false(s2_obj_get(vm, S2_VM_UID).known);
	assert_string_equal(s2_obj_str(vm, S2_VM_NAME), "web,1");
	s2_model_unref(model);
}

/* In a container the kernel's numbers are not those of this /proc */
static void test_pid_namespace(void **data)
{
	struct state *state = *data;
	struct s2_model *model;

	put_qemu(state, "4200001", qemu, sizeof(qemu));
	put_text(state->debug, "kvm/4200001-12/exits", "0");
	put_link(state->root, "self/ns/pid", "pid:[4026532001]");
	model = load(state);
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 1);
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_COMM));
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_NAME));
	s2_model_unref(model);
}

/* Nor is a thread of the kernel's one of this /proc */
static void test_threads(void **data)
{
	struct state *state = *data;

	put_text(state->root, "4200001/status", "Name:\tx\nTgid:\t4200000\n");
	assert_int_equal(s2_proc_tgid(state->ctx, 4200001), 4200000);
	assert_int_equal(s2_proc_tgid(state->ctx, 4200002), 4200002);
	put_link(state->root, "self/ns/pid", "pid:[4026532001]");
	assert_int_equal(s2_proc_tgid(state->ctx, 4200001), 4200001);
}

static void test_hostile_names(void **data)
{
	struct state *state = *data;
	static const char cmdline[] =
		"q\0-name\0\x1b]0;pwn\x07\xff\xe2\x80\xae\n\0-uuid\0not-a-uuid";
	struct s2_model *model;

	put_qemu(state, "4200001", cmdline, sizeof(cmdline));
	model = load(state);
	assert_string_equal(s2_obj_str(nth_vm(model, 0), S2_VM_NAME),
			    "\\x1b]0;pwn\\x07\\xff\\xe2\\x80\\xae\\x0a");
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_UUID));
	s2_model_unref(model);
}

/* What its owner writes as an escape is no escape; a space at an end is seen */
static void test_backslashes(void **data)
{
	static const char cmdline[] =
		"q\0-name\0\\x1b DOM\\user \0-m\0" "256";
	static const char want[] = "\\x5cx1b DOM\\user\\x20";
	struct state *state = *data;
	const struct s2_obj *vm;
	struct s2_model *model;

	put_qemu(state, "4200001", cmdline, sizeof(cmdline));
	model = load(state);
	assert_string_equal(s2_obj_str(nth_vm(model, 0), S2_VM_NAME), want);
	assert_int_equal(s2_model_find_vm(model, want, &vm), 0);
	assert_int_equal(s2_model_find_vm(model, "name:\\x5cx1b DOM\\user ",
					  &vm), 0);
	s2_model_unref(model);
}

static void test_long_name(void **data)
{
	struct state *state = *data;
	char cmdline[4096] = "q\0-name\0";
	struct s2_model *model;

	memset(cmdline + 8, 'n', 4000);
	put_qemu(state, "4200001", cmdline, 4010);
	model = load(state);
	/* Not cut: a pattern could match the beginning and not the whole */
	assert_int_equal(strlen(s2_obj_str(nth_vm(model, 0), S2_VM_NAME)),
			 4000);
	s2_model_unref(model);
}

/* A path that was cut could match a pattern that the whole does not */
static void test_long_cgroup(void **data)
{
	static char cgroup[20000];
	struct state *state = *data;
	struct s2_model *model;

	strcpy(cgroup, "0::/");
	memset(cgroup + 4, 'c', 3000);
	strcpy(cgroup + 3004, "\n");
	put_text(state->root, "4200001/cgroup", cgroup);
	put_qemu(state, "4200001", "q", 2);
	model = load(state);
	assert_int_equal(strlen(s2_obj_str(nth_vm(model, 0), S2_VM_CGROUP)),
			 3001);
	s2_model_unref(model);
	memset(cgroup + 4, 'c', sizeof(cgroup) - 6);
	put_text(state->root, "4200001/cgroup", cgroup);
	model = load(state);
	assert_null(s2_obj_str(nth_vm(model, 0), S2_VM_CGROUP));
	s2_model_unref(model);
}

static bool has_problem(const struct s2_model *model, const char *part)
{
	const struct s2_obj *problem;

	s2_model_for_each(problem, model, S2_OBJ_PROBLEM)
		if (strstr(s2_obj_str(problem, S2_PROBLEM_TEXT), part))
			return true;
	return false;
}

static void test_same_name_twice(void **data)
{
	struct state *state = *data;
	struct s2_load_options opt = {
		.size = sizeof(opt), .flags = S2_LOAD_VMS, .nr_vms = 1,
	};
	const char *spec = "name:web,1";
	struct s2_source *src;
	struct s2_model *model;

	put_qemu(state, "4200001", qemu, sizeof(qemu));
	put_qemu(state, "4200002", qemu, sizeof(qemu));
	opt.vms = &spec;
	assert_int_equal(s2_open_kernel(state->ctx, &src), 0);
	assert_int_equal(s2_load(src, &opt, &model), -ENOTUNIQ);
	assert_null(model);
	assert_string_equal(s2_ctx_error(state->ctx),
			    "'name:web,1' fits 2 VMs: pid:4200001:fd:12, pid:4200002:fd:12");
	/* Not there, as far as one can see: that is no error, but not known */
	spec = "nobody";
	assert_int_equal(s2_load(src, &opt, &model), 0);
	assert_false(s2_model_complete(model));
	assert_int_equal(s2_model_count(model, S2_OBJ_VM), 0);
	assert_true(has_problem(model, "'nobody' is not among"));
	s2_model_unref(model);
	s2_source_close(src);
}

static void test_options(void **data)
{
	static const char line[] = "q\0-name\0--uuid\0-m\0-x\0y";
	static const char twice[] = "q\0-name\0a\0-x\0y\0--name\0b\0-x\0y";

	(void)data;
	/* What follows an option is its argument, whatever it looks like */
	assert_string_equal(s2_cmdline_option(line, sizeof(line), "-name"),
			    "--uuid");
	/* Two answers are none */
	assert_null(s2_cmdline_option(twice, sizeof(twice), "-name"));
	assert_string_equal(s2_cmdline_option(twice, sizeof(twice), "-x"),
			    "y");
	/* Cut off in the argument: better nothing than half of it */
	assert_null(s2_cmdline_option("q\0-name\0abc", 11, "-name"));
	assert_null(s2_cmdline_option("", 0, "-name"));
}

static void test_guest(void **data)
{
	char name[16];

	(void)data;
	assert_true(s2_cmdline_guest("web", name, sizeof(name)));
	assert_string_equal(name, "web");
	assert_true(s2_cmdline_guest("process=x,guest=a,,,,b", name,
				     sizeof(name)));
	assert_string_equal(name, "a,,b");
	assert_true(s2_cmdline_guest("x=1,guest=y", name, sizeof(name)));
	assert_string_equal(name, "y");
	assert_false(s2_cmdline_guest("process=web", name, sizeof(name)));
	assert_false(s2_cmdline_guest("guest=", name, sizeof(name)));
	assert_false(s2_cmdline_guest("", name, sizeof(name)));
	assert_false(s2_cmdline_guest(",", name, sizeof(name)));
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_fds), T(test_start), T(test_debugfs), T(test_pid_used_again),
		T(test_owner), T(test_no_owner),
		T(test_pid_namespace), T(test_hostile_names),
		T(test_threads), T(test_hostile_names),
		T(test_backslashes), T(test_long_name), T(test_long_cgroup),
		T(test_same_name_twice), cmocka_unit_test(test_options),
		cmocka_unit_test(test_guest),
	};

	return RUN_TESTS(tests);
}
