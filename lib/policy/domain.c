// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvirt domains: their own policies as a part of the site's */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kvm_s2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "model/field.h"
#include "policy/constrain.h"
#include "policy/domain.h"
#include "policy/policy.h"

#define XML_MAX		(4u << 20)
#define DOMAINS_MAX	65536

void s2_domain_free(struct s2_domain *domain)
{
	if (!domain)
		return;
	for (size_t i = 0; i < domain->count; i++)
		free(domain->rule[i].device);
	free(domain->rule);
	s2_pool_clear(&domain->pool);
	s2_ctx_unref(domain->ctx);
	free(domain);
}

int s2_domain_parse(struct s2_ctx *ctx, const char *what, const char *xml,
		    size_t len, struct s2_domain **domain)
{
	struct s2_domain *new;
	int err;

	*domain = NULL;
	if (len > XML_MAX)
		return s2_fail(ctx, -EFBIG, "%s: larger than %u bytes", what,
			       XML_MAX);
	new = calloc(1, sizeof(*new));
	if (!new)
		return s2_fail_nomem(ctx);
	new->ctx = s2_ctx_ref(ctx);
	err = s2_domain_read(new, what, xml, len);
	if (err) {
		s2_domain_free(new);
		return err;
	}
	*domain = new;
	return 0;
}

/* As much as a domain may have, and a byte more if there is more */
static int read_all(FILE *file, char *buf, size_t *len)
{
	*len = fread(buf, 1, XML_MAX + 1, file);
	return ferror(file) ? (errno ? -errno : -EIO) : 0;
}

int s2_domain_read_file(struct s2_ctx *ctx, FILE *file, const char *what,
			struct s2_domain **domain)
{
	char *buf = malloc(XML_MAX + 1);
	size_t len;
	int err;

	*domain = NULL;
	if (!buf)
		return s2_fail_nomem(ctx);
	err = read_all(file, buf, &len);
	if (err)
		s2_fail(ctx, err, "%s: %s", what, strerror(-err));
	else
		err = s2_domain_parse(ctx, what, buf, len, domain);
	free(buf);
	return err;
}

int s2_domain_load(struct s2_ctx *ctx, const char *path,
		   struct s2_domain **domain)
{
	struct stat st;
	FILE *file;
	int err;
	/* Nothing that could be waited for */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*domain = NULL;
	file = fd < 0 || fstat(fd, &st) ? NULL : fdopen(fd, "r");
	if (!file) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return s2_fail(ctx, err, "%s: %s", path, strerror(-err));
	}
	if (S_ISREG(st.st_mode))
		err = s2_domain_read_file(ctx, file, path, domain);
	else
		err = s2_fail(ctx, -EINVAL, "%s: not a file", path);
	fclose(file);
	return err;
}

const char *s2_domain_name(const struct s2_domain *domain)
{
	return domain->name;
}

const char *s2_domain_uuid(const struct s2_domain *domain)
{
	return domain->uuid;
}

uint64_t s2_domain_pid(const struct s2_domain *domain)
{
	return domain->pid;
}

size_t s2_domain_count(const struct s2_domain *domain)
{
	return domain->count;
}

/* ---------------------------------------------------- a domain that is here */

/* In libvirt's own folder: "NAME.xml", the name as its owner chose it */
static int status_path(const char *dir, const char *spelled, char *buf,
		       size_t size)
{
	char name[NAME_MAX + 1];
	size_t len = s2_unescape(name, sizeof(name), spelled);

	if (len >= sizeof(name) || strlen(name) != len)
		return -ENOENT;
	if (!*name || strchr(name, '/') || *name == '.')
		return -ENOENT;
	return snprintf(buf, size, "%s/%s.xml", dir, name) < (int)size ? 0 :
		-ENOENT;
}

/* Whether this is the domain of the process that the kernel names */
static bool is_of(const struct s2_domain *domain, const struct s2_obj *vm)
{
	const char *uuid = s2_obj_str(vm, S2_VM_UUID);

	if (!domain || !domain->pid ||
	    domain->pid != s2_obj_num(vm, S2_VM_PID, 0))
		return false;
	return !uuid || !strcasecmp(uuid, domain->uuid);
}

static bool is_status(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 4 && !strcmp(name + len - 4, ".xml");
}

/* What a process says its name is may be wrong: then all are looked at */
static int search(struct s2_ctx *ctx, const char *dir, const struct s2_obj *vm,
		  struct s2_domain **domain)
{
	char path[4096];
	struct dirent *entry;
	int err = -ENOENT, left = DOMAINS_MAX;
	DIR *d = opendir(dir);

	while (d && err == -ENOENT && left-- && (entry = readdir(d))) {
		if (!is_status(entry->d_name) ||
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >=
		    (int)sizeof(path) ||
		    s2_domain_load(ctx, path, domain))
			continue;
		if (is_of(*domain, vm)) {
			err = 0;
			break;
		}
		s2_domain_free(*domain);
		*domain = NULL;
	}
	if (d)
		closedir(d);
	return err ? s2_fail(ctx, err, "%s: no domain has this process", dir) :
		0;
}

int s2_domain_find(struct s2_ctx *ctx, const char *dir, const struct s2_obj *vm,
		   struct s2_domain **domain)
{
	const char *name = s2_obj_str(vm, S2_VM_NAME);
	char path[4096];
	int err;

	*domain = NULL;
	if (name && !status_path(dir, name, path, sizeof(path))) {
		err = s2_domain_load(ctx, path, domain);
		if (!err && is_of(*domain, vm))
			return 0;
		/* Its own text is wrong: nobody else's will do */
		if (err && err != -ENOENT)
			return err;
		s2_domain_free(*domain);
		*domain = NULL;
	}
	return search(ctx, dir, vm, domain);
}

/* ----------------------------------------------------- with the site's policy */

/* The rules are the site's from here on, for the process of the domain alone */
static void bind_rules(struct s2_domain *domain)
{
	for (size_t i = 0; i < domain->count; i++) {
		domain->rule[i].uuid = domain->uuid;
		domain->rule[i].pid = domain->pid;
	}
}

int s2_site_add_domain(struct s2_site *site, struct s2_domain *domain)
{
	struct s2_site_rule *new;

	if (site->nr_domains == DOMAINS_MAX)
		return s2_fail(site->ctx, -EFBIG, "more than %d domains",
			       DOMAINS_MAX);
	new = reallocarray(site->rule, site->count + domain->count + 1,
			   sizeof(*new));
	if (!new)
		return s2_fail_nomem(site->ctx);
	site->rule = new;
	bind_rules(domain);
	if (domain->count)
		memcpy(&new[site->count], domain->rule,
		       domain->count * sizeof(*new));
	site->count += domain->count;
	site->domain_rules += domain->count;
	site->nr_domains++;
	domain->next = site->domain;
	site->domain = domain;
	return 0;
}

void s2_site_drop_domains(struct s2_site *site)
{
	while (site->domain) {
		struct s2_domain *domain = site->domain;

		site->domain = domain->next;
		s2_domain_free(domain);
	}
	site->count -= site->domain_rules;
	site->domain_rules = 0;
	site->nr_domains = 0;
}

static int add_running(struct s2_site *site, const char *path)
{
	struct s2_domain *domain;
	int err = s2_domain_load(site->ctx, path, &domain);

	/* It has ended meanwhile */
	if (err || !domain)
		return err == -ENOENT ? 0 : err;
	err = s2_site_add_domain(site, domain);
	if (err)
		s2_domain_free(domain);
	return err;
}

int s2_site_add_libvirt(struct s2_site *site, const char *dir)
{
	char path[4096];
	struct dirent *entry;
	int bad = 0, err = 0;
	DIR *d = opendir(dir);

	if (!d)
		return errno == ENOENT ? 0 :
			s2_fail(site->ctx, -errno, "%s: %s", dir,
				strerror(errno));
	while (!err && (entry = readdir(d))) {
		if (!is_status(entry->d_name) ||
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >=
		    (int)sizeof(path))
			continue;
		err = add_running(site, path);
		/* What its owner wrote wrongly must not stop the others */
		if (err == -EINVAL || err == -EBADMSG || err == -EFBIG) {
			bad++;
			err = 0;
		}
	}
	closedir(d);
	return err ? err : bad;
}

/* --------------------------------------------------------- before it is here */

/* Memory that every domain has, as this host would map it */
static void make_ram(struct s2_obj *extent, const struct s2_obj *host)
{
	s2_obj_set_num(extent, S2_EXTENT_CLASS, KVM_S2_CLASS_RAM);
	s2_obj_set_num(extent, S2_EXTENT_VMA_TYPE, KVM_S2_TYPE_WB);
	s2_obj_set_num(extent, S2_EXTENT_PREDICTED, KVM_S2_TYPE_WB);
	s2_obj_set_num(extent, S2_EXTENT_VERDICT, KVM_S2_VERDICT_ALLOW);
	s2_obj_set_num(extent, S2_EXTENT_REASON, KVM_S2_REASON_MAP_MEMORY);
	s2_obj_set_num(extent, S2_EXTENT_PERM,
		       KVM_S2_PERM_R | KVM_S2_PERM_W | KVM_S2_PERM_X);
	if (s2_obj_has(host, S2_HOST_FWB))
		s2_obj_set_num(extent, S2_EXTENT_FACTS,
			       s2_obj_num(host, S2_HOST_FWB, 0) ?
			       KVM_S2_FACT_FWB : 0);
}

/* What the rules ask for RAM that is enforced, with what the host has */
static struct s2_constraints united(const struct s2_domain *domain,
				    const struct s2_model *host)
{
	struct s2_constraints c = { 0 };
	const struct s2_obj *p;

	for (size_t i = 0; i < domain->count; i++)
		if (!domain->rule[i].nr_devices &&
		    s2_site_classes(&domain->rule[i]) >> KVM_S2_CLASS_RAM & 1)
			s2_unite(&c, domain->rule[i].constraints,
				 domain->rule[i].mode);
	s2_model_for_each(p, host, S2_OBJ_POLICY)
		if (s2_obj_num(p, S2_POLICY_CLASS, 0) == KVM_S2_CLASS_RAM)
			s2_unite(&c, s2_obj_num(p, S2_POLICY_CONSTRAINTS, 0),
				 s2_obj_num(p, S2_POLICY_MODE, 0));
	c.audited = 0;
	return c;
}

static int check_ram(const struct s2_domain *domain,
		     const struct s2_model *host, struct s2_obj *extent)
{
	const struct s2_field *reason = s2_field_by_id(S2_EXTENT_REASON);
	struct s2_outcome out;

	make_ram(extent, s2_model_host(host));
	if (s2_constrain(extent, united(domain, host), &out))
		return s2_fail(domain->ctx, -ENODATA,
			       "it is not known whether this host has FEAT_S2FWB");
	if (out.verdict != KVM_S2_VERDICT_DENY)
		return 0;
	return s2_fail(domain->ctx, -EPERM,
		       "this host would deny the domain its memory: class ram, reason %s",
		       s2_field_word(reason, out.reason));
}

static int check_kernel(const struct s2_domain *domain,
			const struct s2_obj *host)
{
	if (!s2_obj_has(host, S2_HOST_FEATURES))
		return s2_fail(domain->ctx, -EOPNOTSUPP,
			       "this host's kernel has no policies for stage-2 memory types");
	if (!(s2_obj_num(host, S2_HOST_FEATURES, 0) & KVM_S2_FEATURE_POLICY))
		return s2_fail(domain->ctx, -EOPNOTSUPP,
			       "this host's KVM cannot have policies for stage-2 memory types");
	return 0;
}

int s2_domain_check(const struct s2_domain *domain,
		    const struct s2_model *host)
{
	struct s2_list one;
	struct s2_obj *extent;
	int err;

	if (!domain->count)
		return 0;
	err = check_kernel(domain, s2_model_host(host));
	if (err)
		return err;
	s2_list_init(&one, S2_OBJ_EXTENT);
	extent = s2_list_add(&one);
	err = extent ? check_ram(domain, host, extent) :
		s2_fail_nomem(domain->ctx);
	s2_list_clear(&one);
	return err;
}
