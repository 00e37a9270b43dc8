// SPDX-License-Identifier: LGPL-2.1-or-later
/* A reader of BTF */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "source/core/btf.h"

#define MAGIC		0xeb9f
#define DEPTH_MAX	16	/* structures in structures, names for names */
#define SIZE_MAX_BYTES	(1u << 24)	/* no structure of a kernel is as large */
#define NAME_MAX_BYTES	128u
/* Members that one lookup goes through at most: a real one needs some hundred */
#define BUDGET		1000000u

enum kind {
	KIND_INT = 1, KIND_PTR, KIND_ARRAY, KIND_STRUCT, KIND_UNION, KIND_ENUM,
	KIND_FWD, KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT,
	KIND_FUNC, KIND_FUNC_PROTO, KIND_VAR, KIND_DATASEC, KIND_FLOAT,
	KIND_DECL_TAG, KIND_TYPE_TAG, KIND_ENUM64, KINDS,
};

struct header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t bytes;
	uint32_t type_off;
	uint32_t type_bytes;
	uint32_t str_off;
	uint32_t str_bytes;
};

struct type {
	uint32_t name;
	uint32_t info;
	uint32_t size;		/* or the number of a type */
};

struct field {
	uint32_t name;
	uint32_t type;
	uint32_t off;		/* in bits */
};

static enum kind kind_of(const struct type *t)
{
	return t->info >> 24 & 0x1f;
}

static uint32_t length_of(const struct type *t)
{
	return t->info & 0xffff;
}

/* What follows a type, in bytes: so much, and so much for each of its parts */
static const struct {
	uint8_t fixed;
	uint8_t each;
} extra[KINDS] = {
	[KIND_INT] = { 4, 0 }, [KIND_ARRAY] = { 12, 0 },
	[KIND_STRUCT] = { 0, 12 }, [KIND_UNION] = { 0, 12 },
	[KIND_ENUM] = { 0, 8 }, [KIND_FUNC_PROTO] = { 0, 8 },
	[KIND_VAR] = { 4, 0 }, [KIND_DATASEC] = { 0, 12 },
	[KIND_DECL_TAG] = { 4, 0 }, [KIND_ENUM64] = { 0, 12 },
};

static const struct type *type_at(const struct s2_btf *btf, uint32_t id)
{
	return id && id < btf->count ?
		(const void *)(btf->types + btf->at[id]) : NULL;
}

static const char *string_at(const struct s2_btf *btf, uint32_t off)
{
	return off < btf->string_bytes ? btf->strings + off : "";
}

/* ---------------------------------------------------------------- opening */

static int find_parts(struct s2_btf *btf, size_t len, uint32_t *type_bytes)
{
	struct header h;

	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, btf->data, sizeof(h));
	if (h.magic != MAGIC || h.bytes < sizeof(h) || !h.str_bytes ||
	    (uint64_t)h.bytes + h.type_off + h.type_bytes > len ||
	    (uint64_t)h.bytes + h.str_off + h.str_bytes > len ||
	    (h.bytes + h.type_off) % 4)
		return -EBADMSG;
	btf->types = btf->data + h.bytes + h.type_off;
	btf->strings = (const char *)btf->data + h.bytes + h.str_off;
	btf->string_bytes = h.str_bytes;
	*type_bytes = h.type_bytes;
	return btf->strings[h.str_bytes - 1] ? -EBADMSG : 0;
}

static bool grow(uint32_t **array, uint32_t *room)
{
	uint32_t *more = reallocarray(*array, (size_t)*room * 2 + 65536,
				      sizeof(*more));

	if (!more)
		return false;
	*array = more;
	*room = *room * 2 + 65536;
	return true;
}

static bool has_name(const struct type *t)
{
	return t->name && (kind_of(t) == KIND_STRUCT || kind_of(t) == KIND_ENUM);
}

/* Notes where each type is, and which are structures and enumerations with a name */
static int go_through(struct s2_btf *btf, uint32_t bytes)
{
	uint32_t room = 0, names_room = 0;

	btf->count = 1;
	for (uint32_t pos = 0; pos < bytes;) {
		const struct type *t = (const void *)(btf->types + pos);
		enum kind kind;
		uint64_t size;

		if (sizeof(*t) > bytes - pos)
			return -EBADMSG;
		kind = kind_of(t);
		if (!kind || kind >= KINDS)
			return -EBADMSG;
		size = sizeof(*t) + extra[kind].fixed +
			(uint64_t)extra[kind].each * length_of(t);
		if (size > bytes - pos)
			return -EBADMSG;
		if (btf->count >= room && !grow(&btf->at, &room))
			return -ENOMEM;
		if (has_name(t)) {
			if (btf->names >= names_room &&
			    !grow(&btf->named, &names_room))
				return -ENOMEM;
			btf->named[btf->names++] = btf->count;
		}
		btf->at[btf->count++] = pos;
		pos += (uint32_t)size;
	}
	return 0;
}

/* The place of a name in the table, or the one where it would be */
static uint32_t place_of(const struct s2_btf *btf, enum kind kind,
			 const char *name, size_t len)
{
	uint32_t mask = btf->buckets - 1;
	uint32_t place = (uint32_t)s2_hash(name, len) & mask, id;

	for (; (id = btf->bucket[place]); place = (place + 1) & mask) {
		const struct type *t = type_at(btf, id);

		if (kind_of(t) == kind && !strcmp(string_at(btf, t->name), name))
			break;
	}
	return place;
}

/*
 * Structures and enumerations by name, of several with one name the first.  There are
 * at least four times as many places as names.
 */
static int index_names(struct s2_btf *btf)
{
	uint32_t size = 64;

	while (size < btf->names * 4)
		size *= 2;
	btf->bucket = calloc(size, sizeof(*btf->bucket));
	if (!btf->bucket)
		return -ENOMEM;
	btf->buckets = size;
	for (uint32_t i = 0; i < btf->names; i++) {
		uint32_t id = btf->named[i];
		const struct type *t = type_at(btf, id);
		const char *name;
		uint32_t place;
		size_t len;

		name = string_at(btf, t->name);
		len = strnlen(name, NAME_MAX_BYTES);
		if (len == NAME_MAX_BYTES)
			continue;
		place = place_of(btf, kind_of(t), name, len);
		if (!btf->bucket[place])
			btf->bucket[place] = id;
	}
	return 0;
}

int s2_btf_open(struct s2_btf *btf, void *data, size_t len)
{
	uint32_t bytes;
	int err;

	memset(btf, 0, sizeof(*btf));
	btf->data = data;
	err = len > S2_BTF_MAX ? -EBADMSG : find_parts(btf, len, &bytes);
	if (!err)
		err = go_through(btf, bytes);
	if (!err)
		err = index_names(btf);
	if (err)
		s2_btf_close(btf);
	return err;
}

void s2_btf_close(struct s2_btf *btf)
{
	free(btf->data);
	free(btf->at);
	free(btf->bucket);
	free(btf->named);
	memset(btf, 0, sizeof(*btf));
}

/* ---------------------------------------------------------------- lookups */

static uint32_t find(const struct s2_btf *btf, enum kind kind, const char *name)
{
	return btf->buckets ?
		btf->bucket[place_of(btf, kind, name, strlen(name))] : 0;
}

/* What a name or a qualifier stands for */
static const struct type *resolve(const struct s2_btf *btf, uint32_t id)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct type *t = type_at(btf, id);

		if (!t)
			return NULL;
		switch (kind_of(t)) {
		case KIND_TYPEDEF:
		case KIND_VOLATILE:
		case KIND_CONST:
		case KIND_RESTRICT:
		case KIND_TYPE_TAG:
			id = t->size;
			break;
		default:
			return t;
		}
	}
	return NULL;
}

/* An array's element type and number of elements */
static const uint32_t *array_of(const struct type *t)
{
	return (const void *)(t + 1);
}

/* 0: it has none, or none that a structure of a kernel could have */
static uint32_t size_of(const struct s2_btf *btf, uint32_t id)
{
	uint64_t times = 1;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct type *t = resolve(btf, id);

		if (!t)
			return 0;
		if (kind_of(t) != KIND_ARRAY) {
			times *= kind_of(t) == KIND_PTR ? 8 : t->size;
			return times > SIZE_MAX_BYTES ? 0 : (uint32_t)times;
		}
		id = array_of(t)[0];
		times *= array_of(t)[2];
		if (times > SIZE_MAX_BYTES)
			return 0;
	}
	return 0;
}

/* What a path names next, and how much may still be looked at */
struct search {
	const char *name;
	size_t len;
	uint32_t budget;
};

static bool find_field(const struct s2_btf *btf, uint32_t id, struct search *s,
		       struct s2_member *m, int depth)
{
	const struct type *t = resolve(btf, id);
	const struct field *f;

	if (!t || depth > DEPTH_MAX / 2 ||
	    (kind_of(t) != KIND_STRUCT && kind_of(t) != KIND_UNION))
		return false;
	f = (const void *)(t + 1);
	for (uint32_t i = 0; i < length_of(t) && s->budget; i++, f++) {
		const char *has = string_at(btf, f->name);
		/* With bit fields the upper byte is the width in bits */
		uint32_t off = (t->info >> 31 ? f->off & 0xffffff : f->off) / 8;

		s->budget--;
		if (!*has && find_field(btf, f->type, s, m, depth + 1)) {
			m->off += off;
			return true;
		}
		if (!strncmp(has, s->name, s->len) && !has[s->len]) {
			m->off = off;
			m->type = f->type;
			m->bytes = size_of(btf, f->type);
			return true;
		}
	}
	return false;
}

static bool follow(const struct s2_btf *btf, const char *type, const char *path,
		   struct s2_member *member)
{
	uint32_t id = find(btf, KIND_STRUCT, type);
	uint64_t off = 0;

	while (id && *path) {
		struct search s = {
			.name = path, .len = strcspn(path, "."),
			.budget = BUDGET,
		};

		if (!find_field(btf, id, &s, member, 0))
			return false;
		off += member->off;
		id = member->type;
		path += s.len + (path[s.len] == '.');
	}
	if (!id || off + member->bytes > SIZE_MAX_BYTES)
		return false;
	member->off = (uint32_t)off;
	return true;
}

/* What was found of a path that leads nowhere is no member */
bool s2_btf_member(const struct s2_btf *btf, const char *type, const char *path,
		   struct s2_member *member)
{
	memset(member, 0, sizeof(*member));
	if (follow(btf, type, path, member))
		return true;
	memset(member, 0, sizeof(*member));
	return false;
}

uint32_t s2_btf_size(const struct s2_btf *btf, const char *type)
{
	return size_of(btf, find(btf, KIND_STRUCT, type));
}

uint32_t s2_btf_elements(const struct s2_btf *btf,
			 const struct s2_member *member)
{
	const struct type *t = resolve(btf, member->type);

	return t && kind_of(t) == KIND_ARRAY ? array_of(t)[2] : 0;
}

bool s2_btf_enum(const struct s2_btf *btf, const char *type, const char *name,
		 uint64_t *value)
{
	const struct type *t = type_at(btf, find(btf, KIND_ENUM, type));
	const uint32_t *entry;

	if (!t)
		return false;
	entry = (const void *)(t + 1);
	for (uint32_t i = 0; i < length_of(t); i++, entry += 2) {
		if (!strcmp(string_at(btf, entry[0]), name)) {
			*value = entry[1];
			return true;
		}
	}
	return false;
}
