// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame/text.h"
#include "model/program.h"
#include "screen/color.h"
#include "screen/value.h"
#include "screen/words.h"

#define LABEL_WIDTH 15

const struct s2_word *words_find(const char *kind, const char *word)
{
	const struct s2_word *w = s2_words(NULL);

	for (; word && w->word; w++)
		if (!strcmp(w->kind, kind) && !strcmp(w->word, word))
			return w;
	return NULL;
}

const char *words_severity(int severity)
{
	const struct s2_field *f = s2_field_find(S2_OBJ_FINDING, "severity");

	return f->words[severity - S2_SEVERITY_INFO];
}

static void label(const char *s)
{
	printf("    %-*s", LABEL_WIDTH - 4, s);
}

static void print_colored(const char *word, bool color)
{
	const char *seq = color ? color_of_word(word) : NULL;

	printf("%s%s%s", seq ? seq : "", word ? word : "unknown",
	       seq ? COLOR_RESET : "");
}

static void print_value(const struct s2_obj *obj, unsigned int id)
{
	char *text = value_text(value_field(id), s2_obj_get(obj, id), 0);

	fputs(text ? text : "", stdout);
	free(text);
}

/* ", 3 slots": nothing if it is not known. */
static void print_count(const struct s2_obj *obj, unsigned int id,
			const char *what)
{
	struct s2_value v = s2_obj_get(obj, id);

	if (v.known)
		printf(", %" PRIu64 " %s%s", v.num, what, v.num == 1 ? "" : "s");
}

void words_vm(const struct s2_obj *vm, bool color)
{
	struct s2_value id = s2_obj_get(vm, S2_VM_ID);
	struct s2_value pid = s2_obj_get(vm, S2_VM_PID);
	char title[S2_VM_TITLE_MAX];
	struct s2_value alive = s2_obj_get(vm, S2_VM_ALIVE);
	struct s2_value bits = s2_obj_get(vm, S2_VM_IPA_BITS);
	const char *name = s2_obj_str(vm, S2_VM_NAME);

	fputs(color ? "\033[1m" : "", stdout);
	s2_vm_title(vm, title, sizeof(title));
	fputs(title, stdout);
	fputs(color ? COLOR_RESET : "", stdout);
	if (name) {
		fputs(" \"", stdout);
		print_value(vm, S2_VM_NAME);
		putchar('"');
	}
	fputs(": ", stdout);
	print_value(vm, S2_VM_COMM);
	if (id.known && pid.known)
		printf(" (pid %" PRIu64 ")", pid.num);
	if (alive.known && !alive.num)
		fputs(", its VMM has exited", stdout);
	print_count(vm, S2_VM_VCPUS, "vCPU");
	print_count(vm, S2_VM_SLOT_COUNT, "slot");
	if (bits.known)
		printf(", %" PRIu64 "-bit guest-physical addresses", bits.num);
	putchar('\n');
}

static void range_heading(const char *title, struct s2_value gpa,
			  struct s2_value bytes)
{
	char size[TEXT_SIZE_MAX];

	printf("\n  %s", title);
	if (gpa.known && bytes.known && bytes.num)
		printf(": 0x%" PRIx64 " to 0x%" PRIx64 ", %s", gpa.num,
		       gpa.num + (bytes.num - 1),
		       text_size(size, bytes.num));
	putchar('\n');
}

static void slot_heading(const struct s2_obj *slot)
{
	struct s2_value n = s2_obj_get(slot, S2_SLOT_SLOT);
	char title[32] = "slot ?";

	if (n.known)
		snprintf(title, sizeof(title), "slot %" PRIu64, n.num);
	range_heading(title, s2_obj_get(slot, S2_SLOT_GPA),
		      s2_obj_get(slot, S2_SLOT_BYTES));
}

/* "ram: what that means" */
static void word_line(const char *title, const char *kind, const char *word)
{
	const struct s2_word *w = words_find(kind, word);
	int column = LABEL_WIDTH;

	label(title);
	if (!w) {
		puts(word ? word : "unknown");
		return;
	}
	column += printf("%s: ", word);
	text_wrap(stdout, w->summary, column, LABEL_WIDTH + 2,
		  text_width());
}

/* The extents of a VM that devices stand behind, in order of slot. */
struct devices {
	const struct s2_obj **extent;
	size_t count;
};

static uint64_t slot_of(const struct s2_obj *extent)
{
	return s2_obj_get(extent, S2_EXTENT_SLOT).num;
}

static int by_slot(const void *a, const void *b)
{
	const struct s2_obj *x = *(const struct s2_obj *const *)a;
	const struct s2_obj *y = *(const struct s2_obj *const *)b;

	if (slot_of(x) != slot_of(y))
		return slot_of(x) < slot_of(y) ? -1 : 1;
	/* What comes first in a list has the lower address. */
	return x < y ? -1 : x > y;
}

/* 0 or -ENOMEM */
static int find_devices(const struct s2_obj *vm, struct devices *d)
{
	size_t count = s2_obj_count(vm, S2_OBJ_EXTENT);
	const struct s2_obj *e;

	d->extent = calloc(count + 1, sizeof(const struct s2_obj *));
	d->count = 0;
	if (!d->extent)
		return -ENOMEM;
	s2_obj_for_each(e, vm, S2_OBJ_EXTENT)
		if (s2_obj_get(e, S2_EXTENT_SLOT).known &&
		    s2_obj_str(e, S2_EXTENT_BDF))
			d->extent[d->count++] = e;
	qsort(d->extent, d->count, sizeof(*d->extent), by_slot);
	return 0;
}

/* The first extent of the slot that a device stands behind, or NULL. */
static const struct s2_obj *device_of(const struct devices *d,
				      const struct s2_obj *slot)
{
	struct s2_value n = s2_obj_get(slot, S2_SLOT_SLOT);
	size_t low = 0, high = d->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slot_of(d->extent[middle]) < n.num)
			low = middle + 1;
		else
			high = middle;
	}
	return n.known && low < d->count && slot_of(d->extent[low]) == n.num ?
		d->extent[low] : NULL;
}

static void device_line(const struct s2_obj *e)
{
	struct s2_value bar = s2_obj_get(e, S2_EXTENT_BAR);
	struct s2_value prefetch = s2_obj_get(e, S2_EXTENT_PREFETCHABLE);
	const char *driver = s2_obj_str(e, S2_EXTENT_DRIVER);

	label("device");
	if (bar.known)
		printf("BAR %" PRIu64 " of ", bar.num);
	print_value(e, S2_EXTENT_BDF);
	if (prefetch.known)
		fputs(prefetch.num ? ", prefetchable" : ", not prefetchable",
		      stdout);
	if (driver) {
		fputs(", driver ", stdout);
		print_value(e, S2_EXTENT_DRIVER);
	}
	putchar('\n');
}

/* "wb, weak": strength belongs to wb, whether predicted or mapped. */
static void print_type(const struct s2_obj *slot, unsigned int id, bool color)
{
	const char *type = s2_obj_str(slot, id);
	const char *strength = s2_obj_str(slot, S2_SLOT_STRENGTH);

	print_colored(type, color);
	if (type && strength && !strcmp(type, "wb")) {
		fputs(", ", stdout);
		print_colored(strength, color);
	}
}

static void predicted_line(const struct s2_obj *slot, bool color)
{
	label("predicted");
	print_type(slot, S2_SLOT_PREDICTED, color);
	putchar('\n');
}

/* "2M nc", for a type that is mapped at all; the bare size if it is the only. */
static void print_share(const struct s2_obj *slot, unsigned int id,
			const char *type, bool color, const char **sep)
{
	const char *mapped = s2_obj_str(slot, S2_SLOT_MAPPED);
	struct s2_value v = s2_obj_get(slot, id);
	char size[TEXT_SIZE_MAX];

	if (!v.known || !v.num)
		return;
	printf("%s%s", *sep, text_size(size, v.num));
	if (!mapped || strcmp(mapped, type) != 0) {
		putchar(' ');
		print_colored(type, color);
	}
	*sep = ", ";
}

static void mapped_line(const struct s2_obj *slot, bool color)
{
	struct s2_value bytes = s2_obj_get(slot, S2_SLOT_BYTES);
	struct s2_value exec = s2_obj_get(slot, S2_SLOT_EXEC_BYTES);
	struct s2_value perm = s2_obj_get(slot, S2_SLOT_PERM);
	char size[TEXT_SIZE_MAX];
	const char *sep = ": ";

	label("mapped");
	print_type(slot, S2_SLOT_MAPPED, color);
	print_share(slot, S2_SLOT_WB_BYTES, "wb", color, &sep);
	print_share(slot, S2_SLOT_NC_BYTES, "nc", color, &sep);
	print_share(slot, S2_SLOT_DEVICE_BYTES, "device", color, &sep);
	if (strcmp(sep, ": ") != 0 && bytes.known)
		printf(" of %s", text_size(size, bytes.num));
	if (perm.known && perm.num) {
		fputs(", ", stdout);
		print_value(slot, S2_SLOT_PERM);
	}
	if (exec.known && exec.num)
		printf(", %s executable", text_size(size, exec.num));
	putchar('\n');
}

/* Flags and words as they are; nothing if they are not known. */
static void plain_line(const char *title, const struct s2_obj *slot,
		       unsigned int id)
{
	const struct s2_field *f = value_field(id);
	struct s2_value v = s2_obj_get(slot, id);
	char *text;

	if (!v.known || (f->kind == S2_KIND_FLAGS && !v.num))
		return;
	text = value_text(f, v, VALUE_SPACED);
	label(title);
	text_wrap(stdout, text ? text : "", LABEL_WIDTH,
		  LABEL_WIDTH, text_width());
	free(text);
}

static void verdict_line(const struct s2_obj *slot, bool color)
{
	const char *verdict = s2_obj_str(slot, S2_SLOT_VERDICT);
	const char *reason = s2_obj_str(slot, S2_SLOT_REASON);
	const struct s2_word *w = words_find("reason", reason);
	const char *why = s2_obj_str(slot, S2_SLOT_WHY);
	int used = LABEL_WIDTH;

	label("verdict");
	print_colored(verdict, color);
	used += (int)strlen(verdict ? verdict : "unknown");
	if (reason)
		used += printf(" (%s)", reason);
	if (!why && w)
		why = w->summary;
	if (!why) {
		putchar('\n');
		return;
	}
	fputs(": ", stdout);
	text_wrap(stdout, why, used + 2, LABEL_WIDTH + 2, text_width());
	if (w && w->remedy) {
		label("advice");
		text_wrap(stdout, w->remedy, LABEL_WIDTH, LABEL_WIDTH + 2,
			  text_width());
	}
}

/* The kernel's memory tells types, and nothing of why: one need not be told so. */
static bool types_alone(const struct s2_obj *slot)
{
	return s2_obj_get(slot, S2_SLOT_MAPPED).known &&
	       !s2_obj_get(slot, S2_SLOT_PREDICTED).known &&
	       !s2_obj_get(slot, S2_SLOT_VERDICT).known &&
	       !s2_obj_get(slot, S2_SLOT_REASON).known;
}

static void words_slot(const struct s2_obj *slot, const struct s2_obj *device,
		       bool color)
{
	slot_heading(slot);
	word_line("class", "class", s2_obj_str(slot, S2_SLOT_CLASS));
	if (device)
		device_line(device);
	plain_line("VMM type", slot, S2_SLOT_VMA_TYPE);
	if (!types_alone(slot))
		predicted_line(slot, color);
	mapped_line(slot, color);
	if (!types_alone(slot))
		verdict_line(slot, color);
	plain_line("flags", slot, S2_SLOT_FLAGS);
	plain_line("facts", slot, S2_SLOT_FACTS);
}

/* What has no slot: the virtual interrupt controller. */
static void words_kvm_itself(const struct s2_obj *vm, bool color)
{
	const struct s2_obj *e;

	s2_obj_for_each(e, vm, S2_OBJ_EXTENT) {
		if (s2_obj_get(e, S2_EXTENT_SLOT).known)
			continue;
		range_heading("no slot", s2_obj_get(e, S2_EXTENT_GPA),
			      s2_obj_get(e, S2_EXTENT_BYTES));
		word_line("class", "class", s2_obj_str(e, S2_EXTENT_CLASS));
		label("mapped");
		print_colored(s2_obj_str(e, S2_EXTENT_MAPPED), color);
		putchar('\n');
	}
}

int words_slots(const struct s2_obj *vm, bool color)
{
	const struct s2_obj *slot;
	struct devices devices;
	int err;

	if (!s2_obj_known(vm, S2_OBJ_SLOT)) {
		puts("\n  Its slots are not known.");
		return 0;
	}
	err = find_devices(vm, &devices);
	if (err)
		return err;
	s2_obj_for_each(slot, vm, S2_OBJ_SLOT)
		words_slot(slot, device_of(&devices, slot), color);
	free(devices.extent);
	words_kvm_itself(vm, color);
	return 0;
}
