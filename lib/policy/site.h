/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A site policy: its rules, as they were written */
#ifndef S2_SITE_H
#define S2_SITE_H

#include "model/by_num.h"
#include "model/model.h"
#include "policy/policy.h"

#define S2_SITE_FILES_MAX	256
#define S2_SITE_RULES_MAX	1024
#define S2_SITE_DEVICES_MAX	64
#define S2_SITE_APPROVED_MAX	1024

/* What a policy can be for: numbers of enum kvm_s2_class, RAM to HOLE */
#define S2_SITE_CLASS_FIRST	1
#define S2_SITE_CLASS_LAST	8

/* A PCI vendor, and one or any of its devices */
struct s2_site_device {
	uint16_t vendor;
	uint16_t device;
	bool any;
};

/**
 * struct s2_site_rule - one rule
 * @id: its name
 * @file: where it stands
 * @line: the line there
 * @per_vm: for each VM that matches, not for the host
 * @name: pattern for the VM's name, or NULL
 * @uuid: its UUID, or NULL
 * @cgroup: pattern for the cgroup of its process, or NULL
 * @comm: pattern for the name of the task that made it, or NULL
 * @has_uid: whether @uid counts
 * @uid: user of its process
 * @pid: its process; 0 for any
 * @classes: mask of 1 << enum kvm_s2_class; 0 if none was given
 * @device: devices, the slots of whose BARs it is for
 * @nr_devices: how many
 * @constraints: mask of enum kvm_s2_constraint
 * @mode: enum kvm_s2_mode
 * @severity: enum s2_severity of memory that it would deny
 */
struct s2_site_rule {
	const char *id;
	const char *file;
	unsigned int line;
	bool per_vm;
	const char *name;
	const char *uuid;
	const char *cgroup;
	const char *comm;
	bool has_uid;
	uint32_t uid;
	uint64_t pid;
	unsigned int classes;
	struct s2_site_device *device;
	size_t nr_devices;
	unsigned int constraints;
	unsigned int mode;
	unsigned int severity;
};

/**
 * struct s2_site_approved - devices that may have types of their own (S2-007)
 * @device: one or all of a vendor's
 * @types: mask of 1 << enum kvm_s2_type
 */
struct s2_site_approved {
	struct s2_site_device device;
	unsigned int types;
};

/**
 * struct s2_site - a site policy
 * @ctx: context
 * @pool: its strings
 * @rule: its rules
 * @count: how many
 * @approved: approved devices
 * @nr_approved: how many
 * @files: how many files it is made of
 * @domain: domains whose rules it has as well, behind its own
 * @nr_domains: how many
 * @domain_rules: how many rules of @count are theirs
 */
struct s2_site {
	struct s2_ctx *ctx;
	struct s2_pool pool;
	struct s2_site_rule *rule;
	size_t count;
	struct s2_site_approved *approved;
	size_t nr_approved;
	size_t files;
	struct s2_domain *domain;
	size_t nr_domains;
	size_t domain_rules;
};

/* "10de:2342" or "10de:*".  Return: whether it is a device */
bool s2_site_parse_device(const char *text, struct s2_site_device *device);

/* Mask of the classes that a rule without "class" is for: all but holes */
unsigned int s2_site_classes(const struct s2_site_rule *rule);

/* Adds the rules of one file.  Return: as s2_site_load() */
int s2_site_read(struct s2_site *site, const char *path);

/* Whether a device, "10de:2342", is approved for a type */
bool s2_site_approves(const struct s2_site *site, const char *pci_id,
		      unsigned int type);

enum s2_match {
	S2_MATCH_NO,
	S2_MATCH_YES,
	S2_MATCH_UNKNOWN,
};

/* Whether the rule is for this VM; @why: what it takes and is not known */
enum s2_match s2_site_match_vm(const struct s2_site_rule *rule,
			       const struct s2_obj *vm, const char **why);

/* The extents of a VM that may be BARs, by slot.  Return: 0 or -ENOMEM */
int s2_site_bars(const struct s2_obj *vm, struct s2_by_num *bars);

/* Whether the rule is for a slot of a VM of @host; not for one without devices */
enum s2_match s2_site_match_slot(const struct s2_site_rule *rule,
				 const struct s2_obj *vm,
				 const struct s2_by_num *bars,
				 const struct s2_obj *slot,
				 const struct s2_obj *host);

#endif /* S2_SITE_H */
