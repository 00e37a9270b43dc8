// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which findings a waiver is for.  In doubt a finding stays: what is waived by
 * mistake is seen by nobody.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/report.h"
#include "audit/waiver.h"
#include "audit/waiver_index.h"

int s2_waivers_load(struct s2_ctx *ctx, const char *path,
		    struct s2_waivers **waivers)
{
	struct s2_waivers *new = calloc(1, sizeof(*new));
	int err;

	*waivers = NULL;
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	new->file = s2_pool_add(&new->pool, strcmp(path, "-") ? path :
				"standard input");
	err = new->file ? s2_waivers_read(new, path) : s2_fail_nomem(ctx);
	if (!err && s2_waiver_index_new(new, &new->index))
		err = s2_fail_nomem(ctx);
	if (err) {
		s2_waivers_free(new);
		return err;
	}
	*waivers = new;
	return 0;
}

void s2_waivers_free(struct s2_waivers *waivers)
{
	if (!waivers)
		return;
	s2_waiver_index_free(waivers->index);
	free(waivers->waiver);
	s2_pool_clear(&waivers->pool);
	s2_ctx_unref(waivers->ctx);
	free(waivers);
}

size_t s2_waivers_count(const struct s2_waivers *waivers)
{
	return waivers->count;
}

int s2_waivers_use(const struct s2_waivers *waivers, size_t n,
		   struct s2_waiver_use *use)
{
	const struct s2_waiver *waiver;

	if (n >= waivers->count || use->size != sizeof(*use))
		return -EINVAL;
	waiver = &waivers->waiver[n];
	use->id = waiver->id;
	use->rule = waiver->rule;
	use->file = waivers->file;
	use->line = waiver->line;
	use->expires = waiver->expires;
	use->matched = s2_waiver_index_count(waivers->index, n);
	use->resurfaced = waiver->resurfaced;
	return 0;
}

int s2_report_waive(struct s2_report *report, struct s2_waivers *waivers,
		    uint64_t now)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		struct s2_obj *finding = s2_list_at(&report->findings, i);
		struct s2_waiver *waiver;
		const char *statement;

		waiver = s2_waiver_index_find(waivers->index, finding);
		if (!waiver)
			continue;
		statement = s2_pool_add(&report->pool, waiver->statement);
		if (!statement)
			return s2_fail_nomem(waivers->ctx);
		s2_obj_set_str(finding, S2_FINDING_WAIVER, statement);
		s2_obj_set_num(finding, S2_FINDING_EXPIRES, waiver->expires);
		s2_obj_set_num(finding, S2_FINDING_WAIVED,
			       now < waiver->expires);
		waiver->resurfaced += now >= waiver->expires;
	}
	return 0;
}
