// SPDX-License-Identifier: LGPL-2.1-or-later
/* Netlink attributes to objects: one table per attribute set of the spec */
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kvm_s2_netlink.h>
#include <string.h>

#include "model/field.h"
#include "source/kernel/nl.h"
#include "source/kernel/nl_parse.h"

/* Which field an attribute is, and how it is encoded */
struct attr_map {
	unsigned int field;
	enum s2_nl_kind kind;
};

static const struct attr_map host_map[] = {
	[KVM_S2_A_HOST_FEATURES] = { S2_HOST_FEATURES, S2_NL_U32 },
	[KVM_S2_A_HOST_FWB] = { S2_HOST_FWB, S2_NL_U8 },
	[KVM_S2_A_HOST_DIC] = { S2_HOST_DIC, S2_NL_U8 },
	[KVM_S2_A_HOST_PKVM] = { S2_HOST_PKVM, S2_NL_U8 },
	[KVM_S2_A_HOST_PAGE_SIZE] = { S2_HOST_PAGE_SIZE, S2_NL_U32 },
	[KVM_S2_A_HOST_VMS] = { S2_HOST_VM_COUNT, S2_NL_U32 },
	[KVM_S2_A_HOST_LAST_VM_ID] = { S2_HOST_LAST_VM_ID, S2_NL_UINT },
};

static const struct attr_map vm_map[] = {
	[KVM_S2_A_VM_ID] = { S2_VM_ID, S2_NL_UINT },
	[KVM_S2_A_VM_TGID] = { S2_VM_PID, S2_NL_U32 },
	[KVM_S2_A_VM_COMM] = { S2_VM_COMM, S2_NL_STRING },
	[KVM_S2_A_VM_ALIVE] = { S2_VM_ALIVE, S2_NL_U8 },
	[KVM_S2_A_VM_VCPUS] = { S2_VM_VCPUS, S2_NL_U32 },
	[KVM_S2_A_VM_SLOTS] = { S2_VM_SLOT_COUNT, S2_NL_U32 },
	[KVM_S2_A_VM_IPA_BITS] = { S2_VM_IPA_BITS, S2_NL_U32 },
	[KVM_S2_A_VM_FACTS] = { S2_VM_FACTS, S2_NL_U32 },
};

static const struct attr_map slot_map[] = {
	[KVM_S2_A_SLOT_SLOT] = { S2_SLOT_SLOT, S2_NL_U32 },
	[KVM_S2_A_SLOT_GPA] = { S2_SLOT_GPA, S2_NL_UINT },
	[KVM_S2_A_SLOT_BYTES] = { S2_SLOT_BYTES, S2_NL_UINT },
	[KVM_S2_A_SLOT_HVA] = { S2_SLOT_HVA, S2_NL_UINT },
	[KVM_S2_A_SLOT_SLOT_FLAGS] = { S2_SLOT_FLAGS, S2_NL_U32 },
	[KVM_S2_A_SLOT_CLASS] = { S2_SLOT_CLASS, S2_NL_U32 },
	[KVM_S2_A_SLOT_FACTS] = { S2_SLOT_FACTS, S2_NL_U32 },
	[KVM_S2_A_SLOT_VMA_TYPE] = { S2_SLOT_VMA_TYPE, S2_NL_U32 },
	[KVM_S2_A_SLOT_PREDICTED] = { S2_SLOT_PREDICTED, S2_NL_U32 },
	[KVM_S2_A_SLOT_MAPPED] = { S2_SLOT_MAPPED, S2_NL_U32 },
	[KVM_S2_A_SLOT_PERM] = { S2_SLOT_PERM, S2_NL_U32 },
	[KVM_S2_A_SLOT_VERDICT] = { S2_SLOT_VERDICT, S2_NL_U32 },
	[KVM_S2_A_SLOT_REASON] = { S2_SLOT_REASON, S2_NL_U32 },
	[KVM_S2_A_SLOT_WB_BYTES] = { S2_SLOT_WB_BYTES, S2_NL_UINT },
	[KVM_S2_A_SLOT_NC_BYTES] = { S2_SLOT_NC_BYTES, S2_NL_UINT },
	[KVM_S2_A_SLOT_DEVICE_BYTES] = { S2_SLOT_DEVICE_BYTES, S2_NL_UINT },
	[KVM_S2_A_SLOT_EXEC_BYTES] = { S2_SLOT_EXEC_BYTES, S2_NL_UINT },
	[KVM_S2_A_SLOT_ENFORCED] = { S2_SLOT_ENFORCED, S2_NL_U32 },
	[KVM_S2_A_SLOT_AUDITED] = { S2_SLOT_AUDITED, S2_NL_U32 },
	[KVM_S2_A_SLOT_DENIED] = { S2_SLOT_DENIED, S2_NL_UINT },
	[KVM_S2_A_SLOT_WOULD_DENY] = { S2_SLOT_WOULD_DENY, S2_NL_UINT },
};

static const struct attr_map extent_map[] = {
	[KVM_S2_A_EXTENT_SLOT] = { S2_EXTENT_SLOT, S2_NL_U32 },
	[KVM_S2_A_EXTENT_GPA] = { S2_EXTENT_GPA, S2_NL_UINT },
	[KVM_S2_A_EXTENT_BYTES] = { S2_EXTENT_BYTES, S2_NL_UINT },
	[KVM_S2_A_EXTENT_HPA] = { S2_EXTENT_HPA, S2_NL_UINT },
	[KVM_S2_A_EXTENT_CLASS] = { S2_EXTENT_CLASS, S2_NL_U32 },
	[KVM_S2_A_EXTENT_FACTS] = { S2_EXTENT_FACTS, S2_NL_U32 },
	[KVM_S2_A_EXTENT_VMA_TYPE] = { S2_EXTENT_VMA_TYPE, S2_NL_U32 },
	[KVM_S2_A_EXTENT_PREDICTED] = { S2_EXTENT_PREDICTED, S2_NL_U32 },
	[KVM_S2_A_EXTENT_MAPPED] = { S2_EXTENT_MAPPED, S2_NL_U32 },
	[KVM_S2_A_EXTENT_PERM] = { S2_EXTENT_PERM, S2_NL_U32 },
	[KVM_S2_A_EXTENT_MEMATTR] = { S2_EXTENT_MEMATTR, S2_NL_U32 },
	[KVM_S2_A_EXTENT_VERDICT] = { S2_EXTENT_VERDICT, S2_NL_U32 },
	[KVM_S2_A_EXTENT_REASON] = { S2_EXTENT_REASON, S2_NL_U32 },
};

static const struct attr_map policy_map[] = {
	[KVM_S2_A_POLICY_SLOT] = { S2_POLICY_SLOT, S2_NL_U32 },
	[KVM_S2_A_POLICY_CLASS] = { S2_POLICY_CLASS, S2_NL_U32 },
	[KVM_S2_A_POLICY_OWNER] = { S2_POLICY_OWNER, S2_NL_U32 },
	[KVM_S2_A_POLICY_CONSTRAINTS] = { S2_POLICY_CONSTRAINTS, S2_NL_U32 },
	[KVM_S2_A_POLICY_MODE] = { S2_POLICY_MODE, S2_NL_U32 },
	[KVM_S2_A_POLICY_GENERATION] = { S2_POLICY_GENERATION, S2_NL_UINT },
	[KVM_S2_A_POLICY_ENFORCED] = { S2_POLICY_ENFORCED, S2_NL_U32 },
	[KVM_S2_A_POLICY_AUDITED] = { S2_POLICY_AUDITED, S2_NL_U32 },
	[KVM_S2_A_POLICY_DENIED] = { S2_POLICY_DENIED, S2_NL_UINT },
	[KVM_S2_A_POLICY_WOULD_DENY] = { S2_POLICY_WOULD_DENY, S2_NL_UINT },
};

static const struct attr_map event_map[] = {
	[KVM_S2_A_POLICY_VM_ID] = { S2_EVENT_VM, S2_NL_UINT },
	[KVM_S2_A_POLICY_SLOT] = { S2_EVENT_SLOT, S2_NL_U32 },
	[KVM_S2_A_POLICY_CLASS] = { S2_EVENT_CLASS, S2_NL_U32 },
	[KVM_S2_A_POLICY_OWNER] = { S2_EVENT_OWNER, S2_NL_U32 },
	[KVM_S2_A_POLICY_CONSTRAINTS] = { S2_EVENT_CONSTRAINTS, S2_NL_U32 },
	[KVM_S2_A_POLICY_MODE] = { S2_EVENT_MODE, S2_NL_U32 },
	[KVM_S2_A_POLICY_GENERATION] = { S2_EVENT_GENERATION, S2_NL_UINT },
	[KVM_S2_A_POLICY_ENFORCED] = { S2_EVENT_ENFORCED, S2_NL_U32 },
	[KVM_S2_A_POLICY_AUDITED] = { S2_EVENT_AUDITED, S2_NL_U32 },
	[KVM_S2_A_POLICY_DENIED] = { S2_EVENT_DENIED, S2_NL_UINT },
	[KVM_S2_A_POLICY_WOULD_DENY] = { S2_EVENT_WOULD_DENY, S2_NL_UINT },
	[KVM_S2_A_POLICY_REASON] = { S2_EVENT_REASON, S2_NL_U32 },
	[KVM_S2_A_POLICY_GPA] = { S2_EVENT_GPA, S2_NL_UINT },
};

#define MAP(map)	{ map, ARRAY_SIZE(map) }

static const struct {
	const struct attr_map *map;
	size_t count;
} maps[S2_OBJ_TYPES] = {
	[S2_OBJ_HOST] = MAP(host_map),
	[S2_OBJ_VM] = MAP(vm_map),
	[S2_OBJ_SLOT] = MAP(slot_map),
	[S2_OBJ_EXTENT] = MAP(extent_map),
	[S2_OBJ_POLICY] = MAP(policy_map),
	[S2_OBJ_EVENT] = MAP(event_map),
};

/* The length is checked before the value is read */
static int read_num(const struct nlattr *attr, enum s2_nl_kind kind,
		    uint64_t *num)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (kind == S2_NL_U8 && len == 1)
		*num = mnl_attr_get_u8(attr);
	else if ((kind == S2_NL_U32 || kind == S2_NL_UINT) && len == 4)
		*num = mnl_attr_get_u32(attr);
	else if (kind == S2_NL_UINT && len == 8)
		*num = mnl_attr_get_u64(attr);
	else
		return -EBADMSG;
	return 0;
}

static int set_string(struct s2_model *model, struct s2_obj *obj,
		      unsigned int field, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);
	const char *raw = mnl_attr_get_payload(attr);

	if (!len || raw[len - 1])
		return -EBADMSG;
	return s2_model_set_str(model, obj, field, raw);
}

static int set_enum(struct s2_model *model, struct s2_obj *obj,
		    const struct s2_field *field, uint64_t num)
{
	if (s2_field_word(field, num)) {
		s2_obj_set_num(obj, field->id, num);
		return 0;
	}
	if (!num)
		return 0;
	return s2_model_problem(model, S2_PROBLEM_UNKNOWN_VALUE, NULL,
				"this version of s2ctl does not know the %s number %" PRIu64,
				field->name, num);
}

static int set_attr(struct s2_model *model, struct s2_obj *obj,
		    const struct attr_map *map, const struct nlattr *attr)
{
	const struct s2_field *field = s2_field_by_id(map->field);
	uint64_t num;

	if (map->kind == S2_NL_STRING)
		return set_string(model, obj, map->field, attr);
	if (read_num(attr, map->kind, &num))
		return -EBADMSG;
	if (field->kind == S2_KIND_ENUM)
		return set_enum(model, obj, field, num);
	if (field->kind == S2_KIND_BOOL && num > 1)
		return -EBADMSG;
	s2_obj_set_num(obj, map->field, num);
	return 0;
}

/* What all that follows relies on: a number, and a range within 64 bits */
static bool is_range_ok(const struct s2_obj *obj)
{
	bool slot = s2_obj_type(obj) == S2_OBJ_SLOT;
	uint64_t gpa, bytes;

	if (!slot && s2_obj_type(obj) != S2_OBJ_EXTENT)
		return true;
	if (!s2_obj_has(obj, slot ? S2_SLOT_GPA : S2_EXTENT_GPA) ||
	    (slot && !s2_obj_has(obj, S2_SLOT_SLOT)))
		return false;
	gpa = s2_obj_num(obj, slot ? S2_SLOT_GPA : S2_EXTENT_GPA, 0);
	bytes = s2_obj_num(obj, slot ? S2_SLOT_BYTES : S2_EXTENT_BYTES, 0);
	return bytes && gpa + (bytes - 1) >= gpa;
}

int s2_nl_parse(struct s2_model *model, struct s2_obj *obj,
		const struct nlmsghdr *nlh)
{
	unsigned int type = s2_obj_type(obj);
	const struct nlattr *attr;
	int left, err;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		return -EBADMSG;
	left = (int)(mnl_nlmsg_get_payload_len(nlh) -
		     MNL_ALIGN(sizeof(struct genlmsghdr)));
	attr = mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr));
	while (mnl_attr_ok(attr, left)) {
		uint16_t n = mnl_attr_get_type(attr);

		if (n < maps[type].count && maps[type].map[n].field) {
			err = set_attr(model, obj, &maps[type].map[n], attr);
			if (err)
				return err;
		}
		left -= MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
	return left > 0 || !is_range_ok(obj) ? -EBADMSG : 0;
}
