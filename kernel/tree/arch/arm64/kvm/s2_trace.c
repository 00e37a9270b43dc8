// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoint of trace_s2.h.
 */
#define CREATE_TRACE_POINTS
#include "trace_s2.h"
