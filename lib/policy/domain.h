/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A libvirt domain: who it is, and the policy in its metadata */
#ifndef S2_DOMAIN_H
#define S2_DOMAIN_H

#include "policy/policy.h"
#include "policy/site.h"

#define S2_DOMAIN_RULES_MAX	64

/**
 * struct s2_domain - see s2ctl.h
 * @ctx: context
 * @pool: its strings
 * @name: its name
 * @uuid: its UUID
 * @pid: its process, where the text is a status of libvirt's; else 0
 * @rule: the rules of its own; "file" is what the text was called
 * @count: how many
 * @next: where a site policy has several
 */
struct s2_domain {
	struct s2_ctx *ctx;
	struct s2_pool pool;
	const char *name;
	const char *uuid;
	uint64_t pid;
	struct s2_site_rule *rule;
	size_t count;
	struct s2_domain *next;
};

/* Reads an XML text into a new domain; @what: its name in errors */
int s2_domain_read(struct s2_domain *domain, const char *what, const char *xml,
		   size_t len);

#endif /* S2_DOMAIN_H */
