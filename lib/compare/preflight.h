/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a host satisfies what VMs rely on */
#ifndef S2_PREFLIGHT_H
#define S2_PREFLIGHT_H

#include "compare/compare.h"
#include "model/model.h"

/**
 * struct s2_preflight - see s2ctl.h
 * @outcome: model with what is not known; its pool has the rows' strings
 * @rows: the requirements, in order of VM and kind
 */
struct s2_preflight {
	struct s2_ctx *ctx;
	struct s2_model *outcome;
	struct s2_list rows;
};

/* A host has one for each class and owner; a snapshot may claim any number */
#define S2_FLIGHT_POLICIES_MAX	64

/**
 * struct s2_flight - one VM that is looked at
 * @preflight: where the rows go
 * @from: the host that the VM is on
 * @to: the host it is to come to
 * @site: site policy there, or NULL
 * @ipa_bits: most bits of a guest-physical address that work there; 0: unknown
 * @ipa_bits_at_least: there may be more
 * @policy: the host's policies there that constrain something, by class
 * @nr_policies: how many
 * @vm: the VM, where it is
 * @arrival: model of the VM as it would be there, and the host there
 */
struct s2_flight {
	struct s2_preflight *preflight;
	const struct s2_model *from;
	const struct s2_model *to;
	const struct s2_site *site;
	uint64_t ipa_bits;
	bool ipa_bits_at_least;
	const struct s2_obj *policy[S2_FLIGHT_POLICIES_MAX];
	size_t nr_policies;
	const struct s2_obj *vm;
	struct s2_model *arrival;
};

/**
 * struct s2_need - a row
 * @what: enum s2_requirement
 * @class: enum kvm_s2_class that it is about, or 0
 * @slot: number of the slot that it is about, or S2_ANY_SLOT
 * @needed: what is needed
 * @has: what the host has, or NULL
 * @answer: enum s2_answer
 */
struct s2_need {
	enum s2_requirement what;
	unsigned int class;
	uint32_t slot;
	const char *needed;
	const char *has;
	enum s2_answer answer;
};

/* preflight_row.c: adds a row.  Return: 0, or -ENOMEM with a text */
int s2_flight_add(struct s2_flight *f, const struct s2_need *need,
		  const char *why, ...)
	__attribute__((format(printf, 3, 4)));

/* Likewise, of something that a host has or has not: 1, 0, -1 not known */
int s2_flight_add_yes(struct s2_flight *f, enum s2_requirement what, int has,
		      const char *why);

/* preflight_facts.c.  Whether a fact of the host holds: 1, 0, -1 not known */
int s2_flight_host_bool(const struct s2_model *model, unsigned int id);

/* Likewise, whether it has a feature */
int s2_flight_feature(const struct s2_model *model, uint64_t bit);

/* Likewise, whether it has policies: they are the series' alone */
int s2_flight_has_policies(const struct s2_model *model);

/* Whether the guest has use of an extent: it is not denied where the VM is */
bool s2_flight_counts(const struct s2_obj *extent);

/* Bytes of the VM's memory of one class that count */
uint64_t s2_flight_bytes(const struct s2_obj *vm, unsigned int class);

/* Those of them that are write-back where the VM is */
uint64_t s2_flight_wb_bytes(const struct s2_obj *vm, unsigned int class);

/*
 * Each adds the rows of its subject: preflight_host.c, preflight_class.c,
 * preflight_policy.c.  Return: 0 or -errno with a text
 */
int s2_flight_host(struct s2_flight *f);
int s2_flight_classes(struct s2_flight *f);
int s2_flight_policies(struct s2_flight *f);

/*
 * What of the host is the same for all VMs, by the same files: @ipa_bits, which is
 * the most that is known to work there, by KVM's word or because a VM has it; and
 * @policy.  Return: 0, or -ENOMEM with a text
 */
void s2_flight_ipa_bits(struct s2_flight *f);
int s2_flight_host_policies(struct s2_flight *f);

/* Makes @arrival, for the last.  Return: 0, or -ENOMEM with a text */
int s2_flight_arrive(struct s2_flight *f);

#endif /* S2_PREFLIGHT_H */
