// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which VMs and slots a rule is for.  Name and UUID are what the VMM says of
 * itself; user and cgroup come from the kernel.
 */
#include <strings.h>

#include "base/glob.h"
#include "base/text.h"
#include "model/extent.h"
#include "policy/policy.h"
#include "policy/site.h"

unsigned int s2_site_classes(const struct s2_site_rule *rule)
{
	/* RAM to GMEM */
	return rule->classes ? rule->classes : 0xfe;
}

/*
 * A process whose user is known was looked at: what its command line does not
 * say, it does not have.
 */
static enum s2_match missing_hint(const struct s2_obj *vm)
{
	return s2_obj_has(vm, S2_VM_UID) ? S2_MATCH_NO : S2_MATCH_UNKNOWN;
}

static enum s2_match match_pattern(const char *pattern, const char *text,
				   enum s2_match missing)
{
	if (!pattern)
		return S2_MATCH_YES;
	if (!text)
		return missing;
	return s2_glob_match(pattern, text) ? S2_MATCH_YES : S2_MATCH_NO;
}

/* Where the process is known, a UUID can only say that it is another's by now */
static enum s2_match match_uuid(const struct s2_site_rule *rule,
				const struct s2_obj *vm)
{
	const char *text = s2_obj_str(vm, S2_VM_UUID);

	if (!rule->uuid)
		return S2_MATCH_YES;
	if (!text)
		return rule->pid ? S2_MATCH_YES : missing_hint(vm);
	return strcasecmp(rule->uuid, text) ? S2_MATCH_NO : S2_MATCH_YES;
}

static enum s2_match match_uid(const struct s2_site_rule *rule,
			       const struct s2_obj *vm)
{
	if (!rule->has_uid)
		return S2_MATCH_YES;
	if (!s2_obj_has(vm, S2_VM_UID))
		return S2_MATCH_UNKNOWN;
	return s2_obj_num(vm, S2_VM_UID, 0) == rule->uid ? S2_MATCH_YES :
		S2_MATCH_NO;
}

static enum s2_match match_pid(const struct s2_site_rule *rule,
			       const struct s2_obj *vm)
{
	if (!rule->pid)
		return S2_MATCH_YES;
	if (!s2_obj_has(vm, S2_VM_PID))
		return S2_MATCH_UNKNOWN;
	return s2_obj_num(vm, S2_VM_PID, 0) == rule->pid ? S2_MATCH_YES :
		S2_MATCH_NO;
}

enum s2_match s2_site_match_vm(const struct s2_site_rule *rule,
			       const struct s2_obj *vm, const char **why)
{
	const struct {
		enum s2_match match;
		const char *what;
	} parts[] = {
		{ match_pattern(rule->name, s2_obj_str(vm, S2_VM_NAME),
				missing_hint(vm)), "name" },
		{ match_uuid(rule, vm), "UUID" },
		{ match_uid(rule, vm), "user" },
		{ match_pid(rule, vm), "process" },
		{ match_pattern(rule->cgroup, s2_obj_str(vm, S2_VM_CGROUP),
				S2_MATCH_UNKNOWN), "cgroup" },
		{ match_pattern(rule->comm, s2_obj_str(vm, S2_VM_COMM),
				S2_MATCH_UNKNOWN), "command" },
	};
	enum s2_match all = S2_MATCH_YES;

	/* One no is enough, whatever else is not known */
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].match == S2_MATCH_NO)
			return S2_MATCH_NO;
		if (parts[i].match == S2_MATCH_YES || all == S2_MATCH_UNKNOWN)
			continue;
		all = S2_MATCH_UNKNOWN;
		*why = parts[i].what;
	}
	return all;
}

/* ------------------------------------------------------------------ slots */

/* Whether it is this device, given as "10de:2342" */
static bool is_device(const struct s2_site_device *device, const char *pci_id)
{
	uint16_t vendor, number;

	if (!s2_text_hex4(pci_id, &vendor) || pci_id[4] != ':' ||
	    !s2_text_hex4(pci_id + 5, &number) || pci_id[9])
		return false;
	return device->vendor == vendor &&
		(device->any || device->device == number);
}

static bool match_device(const struct s2_site_rule *rule, const char *pci_id)
{
	for (size_t i = 0; i < rule->nr_devices; i++)
		if (is_device(&rule->device[i], pci_id))
			return true;
	return false;
}

bool s2_site_approves(const struct s2_site *site, const char *pci_id,
		      unsigned int type)
{
	for (size_t i = 0; i < site->nr_approved; i++)
		if ((site->approved[i].types >> type & 1) &&
		    is_device(&site->approved[i].device, pci_id))
			return true;
	return false;
}

static bool match_class(const struct s2_site_rule *rule,
			const struct s2_obj *extent)
{
	uint64_t class = s2_obj_num(extent, S2_EXTENT_CLASS, 0);

	return !rule->classes || (class < 32 && rule->classes >> class & 1);
}

int s2_site_bars(const struct s2_obj *vm, struct s2_by_num *bars)
{
	return s2_by_num_make(bars, s2_obj_first(vm, S2_OBJ_EXTENT),
			      S2_EXTENT_SLOT, s2_extent_may_be_bar);
}

enum s2_match s2_site_match_slot(const struct s2_site_rule *rule,
				 const struct s2_obj *vm,
				 const struct s2_by_num *bars,
				 const struct s2_obj *slot,
				 const struct s2_obj *host)
{
	uint64_t number = s2_obj_num(slot, S2_SLOT_SLOT, UINT64_MAX);
	const struct s2_numbered *n = s2_by_num_find(bars, number);
	bool seen = false, hidden = false;

	if (!s2_obj_known(vm, S2_OBJ_EXTENT))
		return S2_MATCH_UNKNOWN;
	for (; n; n = s2_by_num_next(bars, n)) {
		const struct s2_obj *extent = n->obj;
		const char *pci_id = s2_obj_str(extent, S2_EXTENT_PCI_ID);

		if (pci_id && match_device(rule, pci_id) &&
		    match_class(rule, extent))
			return S2_MATCH_YES;
		/* Where an address was known, so was what lies there */
		if (pci_id || (s2_extent_is_no_bar(extent, host) &&
			       !s2_obj_has(extent, S2_EXTENT_BDF)))
			seen = true;
		else
			hidden = true;
	}
	/* Pages that were touched tell what the others of the slot are */
	return hidden && !seen ? S2_MATCH_UNKNOWN : S2_MATCH_NO;
}
