/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of plans share: hosts from a snapshot, and rules */
#ifndef PLAN_UNIT_H
#define PLAN_UNIT_H

#include "policy/policy.h"
#include "source/source.h"
#include "unit.h"

struct plan_state {
	struct s2_ctx *ctx;
	char *dir;
};

/* For cmocka */
int plan_setup(void **data);
int plan_teardown(void **data);

#define RAM_EXTENT(slot, gpa, bytes, mapped) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":" bytes ",\"class\":" \
	"\"ram\",\"facts\":[],\"vma_type\":\"wb\",\"predicted\":\"wb\"," \
	"\"mapped\":\"" mapped "\",\"perm\":\"rwx\",\"verdict\":\"allow\"," \
	"\"reason\":\"map-memory\"}"
#define BAR_EXTENT(slot, gpa) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":4096,\"class\":" \
	"\"io-nc\",\"facts\":[],\"vma_type\":\"device\",\"predicted\":\"nc\"," \
	"\"mapped\":\"nc\",\"perm\":\"rw-\",\"verdict\":\"allow\"," \
	"\"reason\":\"any-uncached\",\"hpa\":4096,\"bdf\":\"0:0:1.0\"," \
	"\"pci_id\":\"10de:2342\"}"
#define SLOT(slot, gpa, bytes) \
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":" bytes "}"

/* VM 1 has RAM and a BAR, VM 2 has RAM, VM 3 has ended */
#define VMS(policies1) \
	"{\"id\":1,\"name\":\"web\",\"uid\":5,\"alive\":true,\"slots\":[" \
	SLOT("0", "0", "12288") "," SLOT("7", "65536", "4096") "]," \
	"\"extents\":[" RAM_EXTENT("0", "0", "4096", "wb") "," \
	RAM_EXTENT("0", "4096", "8192", "unmapped") "," \
	BAR_EXTENT("7", "65536") "],\"policies\":[" policies1 "]}," \
	"{\"id\":2,\"name\":\"db\",\"uid\":6,\"alive\":true,\"slots\":[" \
	SLOT("0", "0", "8192") "],\"extents\":[" \
	RAM_EXTENT("0", "0", "8192", "wb") "],\"policies\":[]}," \
	"{\"id\":3,\"name\":\"web\",\"uid\":5,\"alive\":false,\"slots\":[" \
	SLOT("0", "0", "8192") "],\"extents\":[" \
	RAM_EXTENT("0", "0", "8192", "wb") "],\"policies\":[]}"

#define RULE(id, match, constraints, mode) \
	"{\"id\":\"" id "\",\"match\":{" match "},\"constraints\":[" \
	constraints "],\"mode\":\"" mode "\"}"
#define POLICY(place, owner, constraints, mode) \
	"{" place ",\"owner\":\"" owner "\",\"constraints\":[" constraints \
	"],\"mode\":\"" mode "\",\"generation\":1}"

/* A host with these VMs and policies of its own, a list of objects each */
struct s2_model *load_host(struct plan_state *state, const char *vms,
			   const char *policies);
struct s2_site *load_site(struct plan_state *state, const char *rules);
struct s2_plan *make_plan(struct plan_state *state,
			  const struct s2_model *model, const char *rules,
			  unsigned int flags);

/* The plan in lines, one a change: the columns that say what is done */
void expect_plan(const struct s2_plan *plan, const char *want);

#endif /* PLAN_UNIT_H */
