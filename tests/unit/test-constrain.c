// SPDX-License-Identifier: GPL-2.0-only
/* What constraints make of an extent: a table worked out by hand */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <linux/kvm_s2_types.h>

#include "policy/constrain.h"

#define C(name)	KVM_S2_CONSTRAINT_##name

struct truth {
	const char *predicted, *vma_type, *class, *facts, *perm, *verdict;
	unsigned int constraints;
	unsigned int mode;
	int err;
	unsigned int type, out, reason;
};

#define ENF	KVM_S2_MODE_ENFORCE
#define AUD	KVM_S2_MODE_AUDIT
#define T(n)	KVM_S2_TYPE_##n
#define V(n)	KVM_S2_VERDICT_##n
#define R(n)	KVM_S2_REASON_##n
#define RAM(facts, perm)	"wb", "wb", "ram", facts, perm, "allow"
#define BAR_NC			"nc", "device", "io-nc", "\"fwb\"", "rw-", "allow"
#define BAR			"device", "device", "io", "", "rw-", "allow"

/* The reason of all of them before is map-memory */
static const struct truth truths[] = {
	{ RAM("", "rw-"), C(REQUIRE_FWB), ENF, 0,
	  T(WB), V(DENY), R(REQUIRE_FWB) },
	{ RAM("\"fwb\"", "rw-"), C(REQUIRE_FWB), ENF, 0,
	  T(WB), V(ALLOW), R(MAP_MEMORY) },
	{ RAM("", "rw-"), C(REQUIRE_FWB), AUD, 0,
	  T(WB), V(WOULD_DENY), R(REQUIRE_FWB) },
	{ BAR, C(REQUIRE_FWB), ENF, 0,
	  T(DEVICE), V(ALLOW), R(MAP_MEMORY) },
	{ RAM("\"fwb\"", "rw-"), C(FLOOR_NC), ENF, 0,
	  T(WB), V(DENY), R(FLOOR) },
	{ RAM("\"fwb\"", "rw-"), C(FLOOR_DEVICE), ENF, 0,
	  T(WB), V(DENY), R(FLOOR) },
	{ RAM("", "rw-"), C(FLOOR_NC) | C(REQUIRE_FWB), ENF, 0,
	  T(WB), V(DENY), R(FLOOR) },
	{ RAM("\"fwb\"", "rw-"), C(FLOOR_NC), AUD, 0,
	  T(WB), V(WOULD_DENY), R(FLOOR) },
	{ BAR_NC, C(FLOOR_NC), ENF, 0,
	  T(NC), V(ALLOW), R(MAP_MEMORY) },
	{ BAR_NC, C(FLOOR_DEVICE), ENF, 0,
	  T(DEVICE), V(ALLOW), R(FLOOR) },
	{ BAR_NC, C(FLOOR_DEVICE), AUD, 0,
	  T(NC), V(ALLOW), R(MAP_MEMORY) },
	{ BAR_NC, C(FLOOR_NC) | C(FLOOR_DEVICE), ENF, 0,
	  T(DEVICE), V(ALLOW), R(FLOOR) },
	{ BAR, C(FLOOR_NC), ENF, 0, T(DEVICE), V(ALLOW), R(MAP_MEMORY) },
	{ BAR, C(FLOOR_DEVICE), ENF, 0,
	  T(DEVICE), V(ALLOW), R(MAP_MEMORY) },
	/* The floor first: what has become like the VMM's mapping matches it */
	{ BAR_NC, C(MATCH_VMA), ENF, 0, T(NC), V(DENY), R(MATCH_VMA) },
	{ BAR_NC, C(MATCH_VMA) | C(FLOOR_DEVICE), ENF, 0,
	  T(DEVICE), V(ALLOW), R(FLOOR) },
	{ RAM("\"fwb\"", "rwx"), C(MATCH_VMA), ENF, 0,
	  T(WB), V(ALLOW), R(MAP_MEMORY) },
	{ "wb", "nc", "ram-nc", "\"fwb\"", "rw-", "allow", C(MATCH_VMA), ENF,
	  0, T(WB), V(DENY), R(MATCH_VMA) },
	{ "wb", "unmapped", "gmem", "\"fwb\"", "rw-", "allow", C(MATCH_VMA),
	  ENF, 0, T(WB), V(ALLOW), R(MAP_MEMORY) },
	{ RAM("\"fwb\"", "rwx"), C(NOEXEC), ENF, 0,
	  T(WB), V(DENY), R(NOEXEC) },
	{ RAM("\"fwb\"", "rwx"), C(NOEXEC), AUD, 0,
	  T(WB), V(WOULD_DENY), R(NOEXEC) },
	{ RAM("\"fwb\"", "rw-"), C(NOEXEC), ENF, 0,
	  T(WB), V(ALLOW), R(MAP_MEMORY) },
	{ RAM("\"fwb\"", "rwx"), C(LOCKED), ENF, 0,
	  T(WB), V(ALLOW), R(MAP_MEMORY) },
	/* What is refused stays refused, for the same reason */
	{ "wb", "wb", "pfnmap-wb", "", "---", "deny", C(FLOOR_NC), ENF, 0,
	  T(WB), V(DENY), R(MAP_MEMORY) },
	{ "device", "unmapped", "vgic", "", "rw-", "allow", C(MATCH_VMA), ENF,
	  0, T(DEVICE), V(ALLOW), R(MAP_MEMORY) },
	/* What takes a fact that is not known */
	{ "mixed", "wb", "ram", "", "rw-", "allow", C(FLOOR_NC), ENF, -ENODATA,
	  0, 0, 0 },
	{ "wb", "mixed", "ram", "", "rw-", "allow", C(MATCH_VMA), ENF,
	  -ENODATA, 0, 0, 0 },
	{ "wb", NULL, "ram", "", "rw-", "allow", C(MATCH_VMA), ENF, -ENODATA,
	  0, 0, 0 },
	{ "wb", "wb", "ram", NULL, "rw-", "allow", C(REQUIRE_FWB), ENF,
	  -ENODATA, 0, 0, 0 },
	{ "wb", "wb", "ram", "", NULL, "allow", C(NOEXEC), ENF, -ENODATA,
	  0, 0, 0 },
	{ NULL, "wb", "ram", "", "rw-", "allow", C(FLOOR_NC), ENF, -ENODATA,
	  0, 0, 0 },
	{ "wb", "wb", "ram", "", "rw-", NULL, C(FLOOR_NC), ENF, -ENODATA,
	  0, 0, 0 },
};

static char *add_word(char *p, const char *key, const char *word)
{
	return word ? p + sprintf(p, ",\"%s\":\"%s\"", key, word) : p;
}

static struct s2_model *model_of(struct s2_ctx *ctx, const struct truth *t)
{
	char text[512], *p = text;

	p += sprintf(p, "{\"id\":1,\"slots\":[],\"extents\":[{\"gpa\":0,"
		     "\"bytes\":4096,\"mapped\":\"wb\",\"reason\":\"map-memory\"");
	p = add_word(p, "predicted", t->predicted);
	p = add_word(p, "vma_type", t->vma_type);
	p = add_word(p, "class", t->class);
	p = add_word(p, "perm", t->perm);
	p = add_word(p, "verdict", t->verdict);
	if (t->facts)
		p += sprintf(p, ",\"facts\":[%s]", t->facts);
	sprintf(p, "}]}");
	return load_vms(ctx, text, S2_LOAD_EXTENTS);
}

static void test_constrain(void **data)
{
	struct s2_ctx *ctx = new_ctx();

	(void)data;
	for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
		const struct truth *t = &truths[i];
		struct s2_model *model = model_of(ctx, t);
		struct s2_constraints c = { 0 };
		struct s2_outcome out;
		int err;

		s2_unite(&c, t->constraints, t->mode);
		err = s2_constrain(nth(nth_vm(model, 0), S2_OBJ_EXTENT, 0), c,
				   &out);
		if (err != t->err ||
		    (!err && (out.type != t->type || out.verdict != t->out ||
			      out.reason != t->reason)))
			fail_msg("case %zu: %d, type %u, verdict %u, reason %u",
				 i, err, out.type, out.verdict, out.reason);
		s2_model_unref(model);
	}
	s2_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constrain),
	};

	return RUN_TESTS(tests);
}
