/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the program uses of this room: site policies, plans, the policies of
 * libvirt domains, and what two stages make together.
 */
#ifndef S2_POLICY_POLICY_H
#define S2_POLICY_POLICY_H

#include "model/program.h"

/* --------------------------------------------------------- site policy -- */

struct s2_site;
struct s2_plan;

/* Where a site policy is looked for */
#define S2_SITE_DIR	"/etc/s2ctl/policy.d"

/**
 * s2_site_load() - read a site policy
 * @ctx: context
 * @paths: files, "-" for standard input, or directories: of those, what ends
 *	in ".json", in order of name
 * @count: how many; 0 for S2_SITE_DIR
 * @site: where to put it; free with s2_site_free()
 *
 * The format is that of s2ctl.policy(5).  What is not understood is refused,
 * and so are rules that contradict each other whatever VMs there are.
 *
 * Return: 0; -errno of opening and reading; -EFBIG if it is too large; -EBADMSG
 * if it is not JSON; -EPROTONOSUPPORT if it is for a newer s2ctl; -EINVAL for
 * what it says; -ENOMEM.  The text begins with file and line.
 */
int s2_site_load(struct s2_ctx *ctx, const char *const *paths, size_t count,
		 struct s2_site **site);

/**
 * s2_site_new() - a site policy without rules
 * @ctx: context
 * @site: where to put it; free with s2_site_free()
 *
 * For domains that have policies of their own, where the site has none.
 *
 * Return: 0 or -ENOMEM.
 */
int s2_site_new(struct s2_ctx *ctx, struct s2_site **site);

/**
 * s2_site_find() - where a rule of a site policy stands
 * @site: site policy
 * @id: the rule's name; what is behind a comma does not count, so that it can be
 *	S2_EVIDENCE_SITE_RULES
 * @file: where to put the file, as it was given or found; lives as long as @site
 * @line: where to put the line, from 1
 *
 * Return: 0, or -ENOENT if there is no such rule.
 */
int s2_site_find(const struct s2_site *site, const char *id, const char **file,
		 unsigned int *line);

/**
 * s2_site_free() - free a site policy
 * @site: site policy, may be NULL
 */
void s2_site_free(struct s2_site *site);

/**
 * s2_site_count() - number of rules
 * @site: site policy
 *
 * Return: how many.
 */
size_t s2_site_count(const struct s2_site *site);

/**
 * s2_site_needs() - what a model must have for the rules
 * @site: site policy
 *
 * Return: S2_LOAD_VMS, and S2_LOAD_DEVICES if a rule is for slots of devices.
 */
unsigned int s2_site_needs(const struct s2_site *site);

/**
 * enum s2_action - what S2_CHANGE_ACTION can be
 * @S2_ACTION_SET: a rule asks for what is not set yet
 * @S2_ACTION_KEEP: it is set already
 * @S2_ACTION_CLEAR: no rule asks for what is set
 */
enum s2_action {
	S2_ACTION_SET = 1,
	S2_ACTION_KEEP,
	S2_ACTION_CLEAR,
};

/* Flags of s2_site_plan() */
#define S2_PLAN_PRUNE	(1u << 0)	/* clear what no rule asks for */
#define S2_PLAN_KNOWN	(1u << 1)	/* only where it is known what is set */
#define S2_PLAN_VMS	(1u << 2)	/* not the places of the host */

/**
 * s2_site_plan() - work out what a site policy makes of each place
 * @site: site policy
 * @model: loaded with S2_LOAD_DEVICES and S2_LOAD_POLICY, or POLICY_IF_ANY
 * @flags: S2_PLAN_*
 * @plan: where to put the plan; free with s2_plan_free()
 *
 * A place is a class of memory, of the host's VMs or of one VM, or a slot.  The
 * rules that are for it are united.  If those for a VM do not agree on the mode,
 * all are enforced there, and a problem of the outcome says so: which rules a VM
 * matches can be up to its VMM, and must not be up to it to stop the others.
 * VMs whose process has ended have no places.
 *
 * Return: 0, -EINVAL for unknown flags, or -ENOMEM.
 */
int s2_site_plan(const struct s2_site *site, const struct s2_model *model,
		 unsigned int flags, struct s2_plan **plan);

/**
 * s2_plan_free() - free a plan
 * @plan: plan, may be NULL
 */
void s2_plan_free(struct s2_plan *plan);

/**
 * s2_plan_first() - first place of a plan
 * @plan: plan
 *
 * Return: an S2_OBJ_CHANGE or NULL; s2_obj_next() goes on.
 */
const struct s2_obj *s2_plan_first(const struct s2_plan *plan);

/**
 * s2_plan_try() - work out which memory in use the changes would deny
 * @plan: plan
 * @src: the kernel, for a dry run of each; NULL to work it out from @model
 * @model: what the plan was made from
 *
 * What counts is what all of them make together, with what stays in force.  The
 * kernel is asked about each: it can refuse it, and knows best what a change
 * does that no other can meet.  What several make of the same memory is worked
 * out from @model.  To clear a policy can deny memory as well.
 *
 * In a change, memory counts that it has a part in denying.
 *
 * Return: 0; what s2_policy_try() refuses with; -ENOMEM.
 */
int s2_plan_try(struct s2_plan *plan, struct s2_source *src,
		const struct s2_model *model);

/**
 * s2_plan_count() - number of places
 * @plan: plan
 * @action: enum s2_action, or 0 for all
 *
 * Return: how many.
 */
size_t s2_plan_count(const struct s2_plan *plan, enum s2_action action);

/**
 * s2_plan_bytes() - memory in use that the changes would deny
 * @plan: plan, after s2_plan_try()
 * @audit: count what is only to be audited, or what is to be enforced
 *
 * Return: how many bytes; what several changes would deny counts once.
 */
uint64_t s2_plan_bytes(const struct s2_plan *plan, bool audit);

/**
 * s2_plan_outcome() - what is known of the outcome
 * @plan: plan
 *
 * Return: a model that lives as long as the plan: the host; after s2_plan_try()
 * the VMs of which memory would be denied, with those extents; as problems, what
 * was not known of the model the plan was made from, or for the rules.
 */
const struct s2_model *s2_plan_outcome(const struct s2_plan *plan);

/**
 * s2_plan_apply() - make the changes, all or none
 * @plan: plan
 * @src: the kernel
 *
 * If one fails, those before it are taken back; the text says so, and what could
 * not be taken back.  What somebody else has set meanwhile is left alone.  VMs
 * that have ended meanwhile are left out.  New policies are set before old ones
 * are cleared, locks last.
 *
 * A caller that blocks SIGINT, SIGTERM, SIGHUP or SIGQUIT is not ended half way:
 * once one is pending, what was set is taken back.
 *
 * Return: 0; what s2_policy_set() refuses with; -ENOTRECOVERABLE if one fails
 * and what was set before could not all be taken back; -ENODATA if it is not known
 * what is set where something is to be changed; -EINTR if such a signal is
 * pending; -ENOMEM.
 */
int s2_plan_apply(struct s2_plan *plan, struct s2_source *src);

/* ------------------------------------------------------ libvirt domains -- */

struct s2_domain;

/* The namespace of a domain's own policy, in its <metadata>; see s2ctl-libvirt(7) */
#define S2_DOMAIN_NS	"urn:s2ctl:domain:1"

/* Where libvirt's system daemon keeps the state of the domains that run */
#define S2_LIBVIRT_DIR	"/run/libvirt/qemu"

/**
 * s2_domain_parse() - read a libvirt domain, and the policy in its metadata
 * @ctx: context
 * @what: what to call it in error texts
 * @xml: a domain's XML, or what libvirt keeps of one that runs; need not be
 *	trusted
 * @len: its length in bytes
 * @domain: where to put it; free with s2_domain_free()
 *
 * What is not of the namespace S2_DOMAIN_NS is skipped; in it, what is not
 * understood is refused.
 *
 * Return: 0; -EFBIG if it is larger than 4 MiB; -EBADMSG if it is not XML;
 * -EINVAL for what it says, or if it is no domain; -ENOMEM.  The text begins
 * with @what and the line.
 */
int s2_domain_parse(struct s2_ctx *ctx, const char *what, const char *xml,
		    size_t len, struct s2_domain **domain);

/**
 * s2_domain_read_file() - s2_domain_parse() from an open file
 * @ctx: context
 * @file: open for reading; not closed
 * @what: what to call it in error texts
 * @domain: where to put it; free with s2_domain_free()
 *
 * Return: as s2_domain_parse(); -errno of reading.
 */
int s2_domain_read_file(struct s2_ctx *ctx, FILE *file, const char *what,
			struct s2_domain **domain);

/**
 * s2_domain_load() - s2_domain_parse() from a file
 * @ctx: context
 * @path: file
 * @domain: where to put it; free with s2_domain_free()
 *
 * Return: as s2_domain_parse(); -errno of opening and reading.
 */
int s2_domain_load(struct s2_ctx *ctx, const char *path,
		   struct s2_domain **domain);

/**
 * s2_domain_find() - the libvirt domain that a VM is
 * @ctx: context
 * @dir: S2_LIBVIRT_DIR or the like
 * @vm: a VM of this host
 * @domain: where to put it; free with s2_domain_free()
 *
 * The process must be the one that libvirt started.  What it says of itself only
 * helps to find the file.
 *
 * Return: 0; -ENOENT if no domain has this process; as s2_domain_load().
 */
int s2_domain_find(struct s2_ctx *ctx, const char *dir, const struct s2_obj *vm,
		   struct s2_domain **domain);

/**
 * s2_domain_free() - free a domain
 * @domain: domain, may be NULL
 */
void s2_domain_free(struct s2_domain *domain);

/**
 * s2_domain_name() - its name
 * @domain: domain
 *
 * Return: the name; lives as long as @domain.
 */
const char *s2_domain_name(const struct s2_domain *domain);

/**
 * s2_domain_uuid() - its UUID
 * @domain: domain
 *
 * Return: the UUID; lives as long as @domain.
 */
const char *s2_domain_uuid(const struct s2_domain *domain);

/**
 * s2_domain_pid() - its process
 * @domain: domain
 *
 * Return: the process, or 0 where the XML was that of the domain alone.
 */
uint64_t s2_domain_pid(const struct s2_domain *domain);

/**
 * s2_domain_count() - number of rules of its policy
 * @domain: domain
 *
 * Return: how many; 0 if it has no policy.
 */
size_t s2_domain_count(const struct s2_domain *domain);

/**
 * s2_domain_check() - whether a host can honour a domain's policy
 * @domain: domain; it need not run
 * @host: the host, loaded with S2_LOAD_POLICY_IF_ANY
 *
 * Looks at what every domain has, which is RAM: what would be denied there is
 * reason enough not to start it.  Nobody knows its other memory before it runs.
 *
 * Return: 0; -EOPNOTSUPP if the host cannot have policies; -EPERM if it would deny
 * the domain its RAM; -ENODATA if that takes a fact that is not known; -ENOMEM.
 */
int s2_domain_check(const struct s2_domain *domain,
		    const struct s2_model *host);

/**
 * s2_site_add_domain() - add the rules of a domain to a site policy
 * @site: site policy
 * @domain: domain; is the site policy's from here on, unless this fails
 *
 * They are for the domain's process and UUID alone.
 *
 * Return: 0; -EFBIG if there are more than 65536 domains; -ENOMEM.
 */
int s2_site_add_domain(struct s2_site *site, struct s2_domain *domain);

/**
 * s2_site_add_libvirt() - add the rules of all domains that run
 * @site: site policy
 * @dir: S2_LIBVIRT_DIR or the like; need not exist
 *
 * A domain whose policy is wrong is left out: its owner must not be able to stop
 * the site's.
 *
 * Return: how many were left out, the text says why the last one was; -errno of
 * reading, -EACCES without privilege; as s2_site_add_domain().
 */
int s2_site_add_libvirt(struct s2_site *site, const char *dir);

/**
 * s2_site_drop_domains() - take the rules of domains away again
 * @site: site policy; what was planned from it stays
 */
void s2_site_drop_domains(struct s2_site *site);

/* --------------------------------------------------------- two stages -- */

/**
 * s2_type_from_word() - parse a memory type that a stage can have
 * @word: "wb", "nc" or "device"
 *
 * Return: enum kvm_s2_type, or -EINVAL.
 */
int s2_type_from_word(const char *word);

/**
 * struct s2_combination - what becomes of the types of two stages
 * @stage1: enum kvm_s2_type in the guest's page tables: WB, NC or DEVICE
 * @stage2: enum kvm_s2_type in KVM's entries: WB, NC or DEVICE
 * @fwb: whether stage 2 uses FEAT_S2FWB
 * @effective: enum kvm_s2_type that the guest's accesses get
 * @unaligned_faults: accesses that are not aligned fault, whatever SCTLR_ELx.A
 * @dc_zva_faults: DC ZVA faults
 * @write_combining: the CPU may gather writes
 * @executable: 1 if instructions can be fetched, as far as the permissions of
 *	stage 1 allow it; 0 if not: KVM gives execute permission to WB only; -1
 *	where the architecture leaves it to the CPU: what stage 1 has as Device
 * @weakened: stage 2 is WB and @effective is not: the guest bypasses the caches
 *	that a cacheable mapping of the host goes through
 * @why: the rule of the architecture that applies, in words
 */
struct s2_combination {
	unsigned int stage1;
	unsigned int stage2;
	bool fwb;
	unsigned int effective;
	bool unaligned_faults;
	bool dc_zva_faults;
	bool write_combining;
	int executable;
	bool weakened;
	const char *why;
};

/**
 * s2_combine() - combine the types of two stages as the CPU does
 * @stage1: enum kvm_s2_type in the guest's page tables: WB, NC or DEVICE.  With
 *	its MMU off, a guest's data accesses are those to DEVICE
 * @stage2: enum kvm_s2_type in KVM's entries: WB, NC or DEVICE
 * @fwb: whether stage 2 uses FEAT_S2FWB
 * @out: where to put what becomes of them
 *
 * The rules are those of the Arm Architecture Reference Manual (DDI 0487K.a,
 * D8.6: R_HMNDG, R_TNHFM and R_GQFSF without FEAT_S2FWB, R_VRJSW and R_RHWZM
 * with it) for the encodings that KVM uses: MemAttr[3:0] is 0b1111, 0b0101 and
 * 0b0001 without FEAT_S2FWB, 0b0110, 0b0101 and 0b0001 with it.  DEVICE stands
 * for Device-nGnRnE and Device-nGnRE, which gather nothing.
 *
 * Return: 0, or -EINVAL for any other type.
 */
int s2_combine(unsigned int stage1, unsigned int stage2, bool fwb,
	       struct s2_combination *out);

#endif /* S2_POLICY_POLICY_H */
