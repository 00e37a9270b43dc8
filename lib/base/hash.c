// SPDX-License-Identifier: LGPL-2.1-or-later
/* SipHash-1-3 (Aumasson and Bernstein), with a key of the process's own */
#include <endian.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/hash.h"

struct state {
	uint64_t v0;
	uint64_t v1;
	uint64_t v2;
	uint64_t v3;
};

static uint64_t rotate(uint64_t n, unsigned int bits)
{
	return n << bits | n >> (64 - bits);
}

static void mix(struct state *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s);
	s->v0 ^= word;
}

/*
 * The kernel gives each process 16 random bytes: they need no call that could
 * fail, no state and no lock.  A fuzzer must do the same thing each time.
 */
static void get_key(uint64_t key[2])
{
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	const void *random = (const void *)getauxval(AT_RANDOM);

	if (random) {
		memcpy(key, random, 2 * sizeof(*key));
		return;
	}
#endif
	key[0] = 0x736f6d6570736575;
	key[1] = 0x646f72616e646f6d;
}

uint64_t s2_hash(const void *data, size_t len)
{
	const unsigned char *at = data;
	uint64_t key[2], word;
	struct state s;

	get_key(key);
	s = (struct state){
		0x736f6d6570736575 ^ key[0], 0x646f72616e646f6d ^ key[1],
		0x6c7967656e657261 ^ key[0], 0x7465646279746573 ^ key[1],
	};
	for (size_t left = len; left >= sizeof(word); left -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		absorb(&s, le64toh(word));
		at += sizeof(word);
	}
	word = 0;
	memcpy(&word, at, len % sizeof(word));
	absorb(&s, le64toh(word) | (uint64_t)len << 56);
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		mix(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
