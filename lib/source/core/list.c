// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lists of the kernel's (linux/list.h), which others may be changing */
#include <unistd.h>

#include "source/core/reader.h"

/* Longer than any list that is read: PID_MAX_LIMIT */
#define NODES_MAX	(1u << 22)
/* How often the way on from a node is looked for */
#define STEP_TRIES	8

/* struct list_head */
struct list {
	uint64_t next;
	uint64_t prev;
};

static int read_list(struct s2_core *core, uint64_t at, struct list *list)
{
	return s2_image_virt(&core->image, at, list, sizeof(*list));
}

static bool is_linked_now(struct s2_core *core, uint64_t node)
{
	struct list here, next, prev;

	return !read_list(core, node, &here) &&
	       !read_list(core, here.next, &next) &&
	       !read_list(core, here.prev, &prev) &&
	       next.prev == node && prev.next == node;
}

/* A neighbour that comes or goes meanwhile makes it look otherwise, but not for long */
bool s2_core_is_linked(struct s2_core *core, uint64_t node)
{
	bool linked = is_linked_now(core, node);

	for (int try = 1; !linked && core->image.live && try < STEP_TRIES; try++)
		linked = is_linked_now(core, node);
	return linked;
}

/*
 * The node behind @at.  What comes or goes beside it changes the way on, which is looked
 * for again; if @at itself has gone, there is none.
 */
static int step(struct s2_core *core, uint64_t at, uint64_t *next)
{
	struct list here, there;

	for (int try = 0; try < STEP_TRIES; try++) {
		if (!read_list(core, at, &here) &&
		    !read_list(core, here.next, &there) && there.prev == at) {
			*next = here.next;
			return 0;
		}
		if (!core->image.live)
			return -EBADMSG;
	}
	return -EAGAIN;
}

int s2_core_each_node(struct s2_core *core, uint64_t head, s2_node_fn fn,
		      void *data)
{
	uint64_t at = head;
	int err = 0;

	for (uint32_t n = 0; !err && n < NODES_MAX; n++) {
		err = step(core, at, &at);
		if (err || at == head)
			return err;
		err = fn(core, at, data);
	}
	return err ? err : -EBADMSG;
}
