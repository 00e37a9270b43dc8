// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the service tells.  A message keeps its id for ever, so that scripts and
 * journalctl can look for it; packaging/systemd/s2ctl.catalog explains each.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <syslog.h>

#include "enforce/log.h"
#include "enforce/systemd.h"
#include "frame/cli.h"

#define FIELDS_MAX	(LOG_FIELDS_MAX + 8)

static const struct {
	const char *word;
	const char *id;
	int priority;
} messages[LOG_COUNT] = {
	[LOG_STARTED] = { "started", "6314401f981541a5adfb7852be926711",
		LOG_INFO },
	[LOG_STOPPED] = { "stopped", "6314401f981541a5adfb7852be926712",
		LOG_INFO },
	[LOG_RELOADED] = { "reloaded", "6314401f981541a5adfb7852be926713",
		LOG_INFO },
	[LOG_KEPT] = { "kept", "6314401f981541a5adfb7852be926714", LOG_ERR },
	[LOG_HOST] = { "host", "6314401f981541a5adfb7852be926715",
		LOG_NOTICE },
	[LOG_SERVED] = { "served", "6314401f981541a5adfb7852be926716",
		LOG_INFO },
	[LOG_REFUSED] = { "refused", "6314401f981541a5adfb7852be926717",
		LOG_WARNING },
	[LOG_FAILED] = { "failed", "6314401f981541a5adfb7852be926718",
		LOG_ERR },
	[LOG_DENIED] = { "denied", "6314401f981541a5adfb7852be926719",
		LOG_WARNING },
	[LOG_GONE] = { "gone", "6314401f981541a5adfb7852be92671a", LOG_INFO },
	[LOG_FINDING] = { "finding", "6314401f981541a5adfb7852be92671b",
		LOG_NOTICE },
	[LOG_LOST] = { "lost", "6314401f981541a5adfb7852be92671c",
		LOG_WARNING },
	[LOG_RECOVERED] = { "recovered", "6314401f981541a5adfb7852be92671d",
		LOG_NOTICE },
};

struct fields {
	char *owned[FIELDS_MAX];
	const char *all[FIELDS_MAX];
	size_t count;
};

static void __attribute__((format(printf, 2, 3)))
add_field(struct fields *f, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0 || f->count == FIELDS_MAX)
		return;
	f->owned[f->count] = text;
	f->all[f->count++] = text;
}

struct log_vm log_vm(const struct s2_obj *vm)
{
	if (!vm)
		return (struct log_vm){ 0 };
	return (struct log_vm){
		.id = s2_obj_num(vm, S2_VM_ID, 0),
		.name = s2_obj_str(vm, S2_VM_NAME),
		.uuid = s2_obj_str(vm, S2_VM_UUID),
	};
}

static void add_vm_fields(struct fields *f, const struct log_vm *vm)
{
	if (vm->id)
		add_field(f, "S2CTL_VM_ID=%" PRIu64, vm->id);
	if (vm->name)
		add_field(f, "S2CTL_VM_NAME=%s", vm->name);
	if (vm->uuid)
		add_field(f, "S2CTL_VM_UUID=%s", vm->uuid);
}

/* The same for people: "VM 3 (web): ..." */
static char *make_text(const struct log_vm *vm, const char *text)
{
	char *line;
	int len;

	if (vm->name)
		len = asprintf(&line, "VM %" PRIu64 " (%s): %s", vm->id,
			       vm->name, text);
	else if (vm->id)
		len = asprintf(&line, "VM %" PRIu64 ": %s", vm->id, text);
	else
		len = asprintf(&line, "%s", text);
	return len < 0 ? NULL : line;
}

static void log_text(const struct log_entry *entry, const char *text)
{
	int priority = entry->priority ? entry->priority :
		messages[entry->id].priority;
	struct fields f = { .count = 0 };
	bool taken = false;

	if (systemd_has_journal()) {
		add_field(&f, "MESSAGE=%s", text);
		add_field(&f, "MESSAGE_ID=%s", messages[entry->id].id);
		add_field(&f, "PRIORITY=%d", priority);
		add_field(&f, "S2CTL_EVENT=%s", messages[entry->id].word);
		add_vm_fields(&f, &entry->vm);
		for (size_t i = 0; i < LOG_FIELDS_MAX && entry->field[i]; i++)
			f.all[f.count++] = entry->field[i];
		taken = systemd_journal(f.all, f.count);
		for (size_t i = 0; i < FIELDS_MAX; i++)
			free(f.owned[i]);
	}
	if (!taken)
		cli_err("%s", text);
}

void enforce_log(const struct log_entry *entry, const char *fmt, ...)
{
	char *text, *line;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	line = make_text(&entry->vm, text);
	if (line)
		log_text(entry, line);
	free(line);
	free(text);
}
