/* SPDX-License-Identifier: GPL-2.0-only */
/* The text file for Prometheus: the service's counters, and what an audit found. */
#ifndef S2CTL_ENFORCE_METRICS_H
#define S2CTL_ENFORCE_METRICS_H

#include "enforce/service.h"

/* Does nothing without --metrics; tells it if it fails, and when it works again */
void metrics_write(struct service *s, const struct s2_model *model,
		   const struct s2_report *report);

/* That of a service that does not run.  An exit status */
int metrics_stopped(const char *path);

#endif /* S2CTL_ENFORCE_METRICS_H */
