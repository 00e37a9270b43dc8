/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of the audit have in common: snapshots by hand, and their audit */
#ifndef AUDIT_H
#define AUDIT_H

#include <errno.h>
#include <linux/kvm_s2_types.h>
#include <stdio.h>

#include "audit/audit.h"
#include "unit.h"

#define FLAGS	(S2_LOAD_DEVICES | S2_LOAD_PHYS | S2_LOAD_POLICY_IF_ANY)

/* Wb RAM that the host can flush, on a CPU with FEAT_S2FWB */
#define RAM	"\"class\":\"ram\",\"vma_type\":\"wb\",\"predicted\":\"wb\"," \
	"\"mapped\":\"wb\",\"perm\":\"rwx\",\"verdict\":\"allow\"," \
	"\"facts\":[\"vma\",\"pfn\",\"flushable\",\"fwb\"]"
#define NC	"\"class\":\"io-nc\",\"vma_type\":\"nc\",\"predicted\":\"nc\"," \
	"\"mapped\":\"nc\",\"perm\":\"rw-\",\"verdict\":\"allow\"," \
	"\"facts\":[\"vma\",\"vm-io\",\"pfn\",\"fwb\"]"
#define DEVICE	"\"class\":\"io\",\"vma_type\":\"device\"," \
	"\"predicted\":\"device\",\"mapped\":\"device\",\"perm\":\"rw-\"," \
	"\"verdict\":\"allow\",\"facts\":[\"vma\",\"vm-io\",\"pfn\",\"fwb\"]"

#define EXTENT(slot, gpa, bytes, hpa, rest)				\
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":" bytes ",\"hpa\":" \
	hpa "," rest "}"
#define SLOT(slot, gpa, rest)						\
	"{\"slot\":" slot ",\"gpa\":" gpa ",\"bytes\":65536" rest "}"
#define VM(id, name, slots, extents, policies)				\
	"{\"id\":" id ",\"name\":\"" name "\",\"uid\":0,\"slots\":[" slots	\
	"],\"extents\":[" extents "],\"policies\":[" policies "]}"

#define HOST(features, policies, vms)					\
	"{\"format_version\":1,\"kind\":\"snapshot\",\"complete\":true,"	\
	"\"problems\":[],\"host\":{\"boot_id\":\"boot\","		\
	"\"fwb\":true,\"features\":[" features				\
	"]},\"policies\":[" policies "],\"vms\":[" vms "]}"

#define ONE(extent)	HOST("", "", VM("1", "a", SLOT("0", "0", ""),	\
	EXTENT("0", "0", "4096", "65536", extent), ""))

struct audit {
	struct s2_ctx *ctx;
	struct s2_site *site;
	struct s2_report *report;
	char *dir;
};

struct s2_source *open_source(struct s2_ctx *ctx, const char *text);

/* All VMs in one model; @opt may be NULL */
void run_with(struct audit *audit, const char *text,
	      struct s2_audit_options *opt);
struct audit run(const char *text);

/* With a site policy; @json is the file */
struct audit run_site(const char *text, const char *json);
void end(struct audit *audit);

size_t count(const struct audit *audit);

/* The only finding of a rule, or NULL */
const struct s2_obj *of_rule(const struct audit *audit, const char *rule);
const struct s2_obj *expect(const struct audit *audit, const char *rule,
			    const char *severity, const char *statement);
const struct s2_obj *evidence(const struct s2_obj *finding);
void expect_unknown(const struct audit *audit, const char *part);

#endif /* AUDIT_H */
