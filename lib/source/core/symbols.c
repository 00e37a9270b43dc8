// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A name is a length and that many tokens; a token stands for a string; the first
 * character of what comes out is the symbol's type.  Most symbols are ruled out by
 * their first characters.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source/core/symbols.h"

#define TOKENS		256u
#define TOKEN_BYTES	16384u	/* what all tokens together take at most */
#define COUNT_MAX	(8u << 20)
#define CHUNK		65536u
#define LENGTH_MAX	(2u + 0x3fffu)
/* What is read of the names at most: 16 bytes each, where there are 13 */
#define NAME_BYTES	16u
/* Longer than any of names[] */
#define NAME_MAX_BYTES	32

static const char *const names[S2_SYMBOLS] = {
	[S2_SYM_VM_LIST] = "vm_list",
	[S2_SYM_KVM_VM_IOCTL] = "kvm_vm_ioctl",
	[S2_SYM_KVM_MODE] = "kvm_mode",
	[S2_SYM_KVM_INITIALISED] = "kvm_arm_initialised",
	[S2_SYM_INIT_TASK] = "init_task",
	[S2_SYM_MEMBLOCK] = "memblock",
	[S2_SYM_FTR_REGS] = "arm64_ftr_regs",
	[S2_SYM_START_BTF] = "__start_BTF",
	[S2_SYM_STOP_BTF] = "__stop_BTF",
};

/**
 * struct table - the table of symbols
 * @count: symbols
 * @names, @offsets: where these begin
 * @base: what offsets are relative to; 0: each to its own place
 * @token: text of each token, in @text
 * @with: which of names[] have a character at a place, as a mask
 */
struct table {
	struct s2_image *image;
	uint32_t count;
	uint64_t names;
	uint64_t offsets;
	uint64_t base;
	const char *token[TOKENS];
	uint32_t with[NAME_MAX_BYTES][256];
	char text[TOKEN_BYTES + 1];
};

/* Names as they are read: a window that moves on */
struct window {
	uint64_t next;		/* address behind what is in @data */
	uint64_t budget;
	size_t at;
	size_t bytes;
	unsigned char data[CHUNK + LENGTH_MAX];
};

static int bad(struct table *t)
{
	return s2_fail(t->image->ctx, -EBADMSG,
		       "%s: the kernel's table of symbols makes no sense",
		       t->image->name);
}

/* Reads up to the end of what is there: the last page may be the image's last */
static size_t read_some(struct s2_image *image, uint64_t va, void *buf,
			size_t len)
{
	size_t done = 0;

	if (!s2_image_virt(image, va, buf, len))
		return len;
	while (done < len) {
		size_t part = 4096 - ((va + done) & 4095);

		if (part > len - done)
			part = len - done;
		if (s2_image_virt(image, va + done, (char *)buf + done, part))
			break;
		done += part;
	}
	return done;
}

static void index_names(struct table *t)
{
	for (size_t i = 0; i < S2_SYMBOLS; i++) {
		size_t at = 0;

		/* The NUL at the end, too */
		do {
			t->with[at][(unsigned char)names[i][at]] |= 1u << i;
		} while (names[i][at++]);
	}
}

static int read_tokens(struct table *t, uint64_t texts, uint64_t indexes)
{
	uint16_t index[TOKENS];
	size_t len;

	len = read_some(t->image, texts, t->text, TOKEN_BYTES);
	t->text[len] = '\0';
	if (s2_image_virt(t->image, indexes, index, sizeof(index)))
		return bad(t);
	for (size_t i = 0; i < TOKENS; i++) {
		if (index[i] > len)
			return bad(t);
		t->token[i] = t->text + index[i];
	}
	return 0;
}

static int open_table(struct table *t, struct s2_image *image)
{
	uint64_t count, texts, indexes, base;

	memset(t, 0, sizeof(*t));
	t->image = image;
	if (!s2_image_number(image, "SYMBOL", "kallsyms_names", &t->names) ||
	    !s2_image_number(image, "SYMBOL", "kallsyms_num_syms", &count) ||
	    !s2_image_number(image, "SYMBOL", "kallsyms_token_table", &texts) ||
	    !s2_image_number(image, "SYMBOL", "kallsyms_token_index",
			     &indexes) ||
	    !s2_image_number(image, "SYMBOL", "kallsyms_offsets", &t->offsets))
		return s2_fail(image->ctx, -ENODATA,
			       "%s: its VMCOREINFO does not say where the table of symbols is: kernels since 6.0 with CONFIG_KALLSYMS do",
			       image->name);
	if (s2_image_virt(image, count, &t->count, sizeof(t->count)) ||
	    !t->count || t->count > COUNT_MAX)
		return bad(t);
	if (s2_image_number(image, "SYMBOL", "kallsyms_relative_base", &base) &&
	    (s2_image_virt(image, base, &t->base, sizeof(t->base)) || !t->base))
		return bad(t);
	index_names(t);
	return read_tokens(t, texts, indexes);
}

/* Makes sure that the longest name that there is can be looked at */
static void move_on(struct table *t, struct window *w)
{
	size_t left = w->bytes - w->at, more = sizeof(w->data) - left;

	if (left >= LENGTH_MAX || !w->budget)
		return;
	if (more > w->budget)
		more = (size_t)w->budget;
	memmove(w->data, w->data + w->at, left);
	more = read_some(t->image, w->next, w->data + left, more);
	w->budget = more ? w->budget - more : 0;
	w->next += more;
	w->at = 0;
	w->bytes = left + more;
}

/* Follows a name as long as it may be one of names[].  Return: which, or S2_SYMBOLS */
static size_t identify(const struct table *t, const unsigned char *tokens,
		       size_t count)
{
	uint32_t mask = UINT32_MAX;
	size_t at = 0;		/* with the type in front */

	for (size_t i = 0; i < count; i++) {
		const char *text = t->token[tokens[i]];

		for (; *text; at++, text++) {
			if (!at)
				continue;
			if (at > NAME_MAX_BYTES)
				return S2_SYMBOLS;
			mask &= t->with[at - 1][(unsigned char)*text];
			if (!mask)
				return S2_SYMBOLS;
		}
	}
	if (!at || at > NAME_MAX_BYTES)
		return S2_SYMBOLS;
	mask &= t->with[at - 1][0];
	return mask ? (size_t)__builtin_ctz(mask) : S2_SYMBOLS;
}

static int read_address(struct table *t, uint32_t n, uint64_t *addr)
{
	uint64_t place = t->offsets + 4ull * n;
	uint32_t offset;

	if (s2_image_virt(t->image, place, &offset, sizeof(offset)))
		return bad(t);
	*addr = t->base ? t->base + offset :
		place + (uint64_t)(int64_t)(int32_t)offset;
	return 0;
}

static int go_through(struct table *t, struct window *w,
		      struct s2_symbols *symbols)
{
	int err = 0;

	for (uint32_t n = 0; !err && n < t->count; n++) {
		const unsigned char *at;
		size_t len, head = 1, found;

		if (w->bytes - w->at < LENGTH_MAX)
			move_on(t, w);
		if (w->bytes - w->at < 2)
			return bad(t);
		at = w->data + w->at;
		len = at[0];
		if (len & 0x80) {
			len = (len & 0x7f) | (size_t)at[1] << 7;
			head = 2;
		}
		if (len > w->bytes - w->at - head)
			return bad(t);
		found = identify(t, at + head, len);
		if (found != S2_SYMBOLS)
			err = read_address(t, n, &symbols->addr[found]);
		w->at += head + len;
	}
	return err;
}

int s2_symbols_read(struct s2_image *image, struct s2_symbols *symbols)
{
	struct table *t = malloc(sizeof(*t));
	struct window *w = malloc(sizeof(*w));
	int err;

	memset(symbols, 0, sizeof(*symbols));
	err = t && w ? open_table(t, image) : s2_fail_nomem(image->ctx);
	if (!err) {
		w->next = t->names;
		w->budget = (uint64_t)t->count * NAME_BYTES + CHUNK;
		w->at = w->bytes = 0;
		err = go_through(t, w, symbols);
	}
	free(t);
	free(w);
	return err;
}
