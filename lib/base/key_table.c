// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Words that are known beforehand, found in one step: a multiplication that puts
 * each of them into a slot of its own is looked for once.  What is not known
 * costs one comparison, whatever it is.
 */
#include <stdbool.h>
#include <string.h>

#include "base/key_table.h"

#define TRIES	4096

static uint64_t load64(const char *text)
{
	uint64_t num;

	memcpy(&num, text, sizeof(num));
	return num;
}

static uint32_t load32(const char *text)
{
	uint32_t num;

	memcpy(&num, text, sizeof(num));
	return num;
}

/* Its ends and its length: all there is of a word of up to 16 bytes */
static uint64_t mix(const char *text, size_t len)
{
	uint64_t first, last;

	if (len >= 8) {
		first = load64(text);
		last = load64(text + len - 8);
	} else if (len >= 4) {
		first = load32(text);
		last = load32(text + len - 4);
	} else if (len) {
		first = (unsigned char)text[0] |
			(uint64_t)(unsigned char)text[len / 2] << 8;
		last = (unsigned char)text[len - 1];
	} else {
		return 0;
	}
	return first ^ (last << 23 | last >> 41) ^ len * 0x9e3779b97f4a7c15;
}

static unsigned int slot_of(uint64_t factor, const char *text, size_t len)
{
	return (unsigned int)(mix(text, len) * factor >> 55);
}

void s2_keys_add(struct s2_keys *keys, const char *name)
{
	if (keys->count == S2_KEYS_MAX)
		return;
	keys->name[keys->count] = name && *name ? name : NULL;
	keys->len[keys->count] = name ? (uint32_t)strlen(name) : 0;
	keys->count++;
}

static bool fill_slots(struct s2_keys *keys, uint64_t factor)
{
	memset(keys->slot, 0, sizeof(keys->slot));
	for (unsigned int i = 0; i < keys->count; i++) {
		uint8_t *slot;

		if (!keys->name[i])
			continue;
		slot = &keys->slot[slot_of(factor, keys->name[i],
					   keys->len[i])];
		if (*slot)
			return false;
		*slot = (uint8_t)(i + 1);
	}
	keys->factor = factor;
	return true;
}

void s2_keys_finish(struct s2_keys *keys)
{
	uint64_t factor = 0x9e3779b97f4a7c15;

	keys->factor = 0;
	for (int i = 0; i < TRIES && !fill_slots(keys, factor); i++)
		factor = factor * 6364136223846793005 + 1442695040888963407;
}

static bool is_word(const struct s2_keys *keys, unsigned int i,
		    const char *text, size_t len)
{
	return keys->name[i] && keys->len[i] == len &&
		!memcmp(keys->name[i], text, len);
}

int s2_keys_find(const struct s2_keys *keys, const char *text, size_t len)
{
	unsigned int slot;

	if (keys->factor) {
		slot = keys->slot[slot_of(keys->factor, text, len)];
		return slot && is_word(keys, slot - 1, text, len) ?
			(int)slot - 1 : -1;
	}
	for (unsigned int i = 0; i < keys->count; i++)
		if (is_word(keys, i, text, len))
			return (int)i;
	return -1;
}
