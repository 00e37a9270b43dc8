// SPDX-License-Identifier: GPL-2.0-only
/* Each VM: who it is, a picture of its memory, its slots */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "formats/html.h"

/* With more VMs than this, the reader opens those that are of interest */
#define MAX_OPEN 8

static void cell(FILE *f, const char *heading, const struct s2_obj *slot,
		 unsigned int id)
{
	html_cell(f, heading);
	html_value(f, slot, id);
	fputs("</td>", f);
}

static void label_cell(FILE *f, const char *heading, const char *what,
		       const struct s2_obj *slot, unsigned int id)
{
	html_cell(f, heading);
	html_label(f, what, s2_obj_str(slot, id));
	fputs("</td>", f);
}

/* "wb weak": strength belongs to wb */
static void mapped_cell(FILE *f, const struct s2_obj *slot)
{
	const char *mapped = s2_obj_str(slot, S2_SLOT_MAPPED);
	const char *strength = s2_obj_str(slot, S2_SLOT_STRENGTH);

	html_cell(f, "Mapped");
	html_label(f, "type", mapped);
	if (mapped && strength && !strcmp(mapped, "wb")) {
		fputs(" <span class=\"quiet\">", f);
		html_text(f, strength);
		fputs("</span>", f);
	}
	fputs("</td>", f);
}

static void put_slot(FILE *f, const struct s2_obj *slot)
{
	fputs("<tr>", f);
	cell(f, "Slot", slot, S2_SLOT_SLOT);
	cell(f, "From", slot, S2_SLOT_GPA);
	cell(f, "Size", slot, S2_SLOT_BYTES);
	cell(f, "Class", slot, S2_SLOT_CLASS);
	label_cell(f, "In the VMM", "type", slot, S2_SLOT_VMA_TYPE);
	mapped_cell(f, slot);
	cell(f, "Access", slot, S2_SLOT_PERM);
	label_cell(f, "Verdict", "verdict", slot, S2_SLOT_VERDICT);
	cell(f, "Why", slot, S2_SLOT_WHY);
	fputs("</tr>\n", f);
}

static void put_slots(FILE *f, const struct s2_obj *vm)
{
	const struct s2_obj *slot;

	if (!s2_obj_known(vm, S2_OBJ_SLOT)) {
		fputs("<p class=\"quiet\">Its slots are not known.</p>\n", f);
		return;
	}
	if (!s2_obj_count(vm, S2_OBJ_SLOT))
		return;
	fputs("<table class=\"slots\">\n<caption>Memory slots</caption>\n<thead><tr><th scope=\"col\">Slot</th><th scope=\"col\">From</th><th scope=\"col\">Size</th><th scope=\"col\">Class</th><th scope=\"col\">In the VMM</th><th scope=\"col\">Mapped</th><th scope=\"col\">Access</th><th scope=\"col\">Verdict</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
	      f);
	s2_obj_for_each(slot, vm, S2_OBJ_SLOT)
		put_slot(f, slot);
	fputs("</tbody></table>\n", f);
}

static void put_title(FILE *f, const struct s2_obj *vm)
{
	const char *name = s2_obj_str(vm, S2_VM_NAME);
	char title[S2_VM_TITLE_MAX];

	s2_vm_title(vm, title, sizeof(title));
	fputs(title, f);
	if (name) {
		fputs(" <span class=\"name\">", f);
		html_text(f, name);
		fputs("</span>", f);
	}
}

static int put_vm_section(FILE *f, const struct s2_obj *vm, size_t n, bool open)
{
	char spec[S2_VM_SPEC_MAX];
	int err;

	fputs("<details class=\"vm\"", f);
	if (s2_vm_spec(vm, spec, sizeof(spec)) && strcmp(spec, "-") != 0)
		fprintf(f, " id=\"vm-%s\"", spec);
	fprintf(f, "%s><summary><h3>", open ? " open" : "");
	put_title(f, vm);
	fputs("</h3></summary>\n<dl class=\"facts\">\n", f);
	html_pair(f, "UUID", vm, S2_VM_UUID);
	html_pair(f, "Command", vm, S2_VM_COMM);
	html_pair(f, "Process", vm, S2_VM_PID);
	html_pair(f, "vCPUs", vm, S2_VM_VCPUS);
	html_pair(f, "Memory in slots", vm, S2_VM_BYTES);
	html_pair(f, "Mapped wb", vm, S2_VM_WB_BYTES);
	html_pair(f, "Mapped nc", vm, S2_VM_NC_BYTES);
	html_pair(f, "Mapped device", vm, S2_VM_DEVICE_BYTES);
	html_pair(f, "Executable", vm, S2_VM_EXEC_BYTES);
	fputs("</dl>\n", f);
	err = html_map(f, vm, n);
	put_slots(f, vm);
	fputs("</details>\n", f);
	return err;
}

int html_vms(FILE *f, const struct s2_model *model)
{
	size_t count = s2_model_count(model, S2_OBJ_VM), n = 0;
	const struct s2_obj *vm;
	int err = 0;

	fputs("<section aria-labelledby=\"vms\">\n<h2 id=\"vms\">Virtual machines</h2>\n",
	      f);
	if (!count)
		fprintf(f, "<p class=\"none\">%s</p>\n",
			s2_model_complete(model) ? "No virtual machines." :
			"No virtual machines in what is known.");
	else
		html_map_legend(f);
	s2_model_for_each(vm, model, S2_OBJ_VM)
		if (!err)
			err = put_vm_section(f, vm, ++n, count <= MAX_OPEN);
	fputs("</section>\n", f);
	return err;
}
