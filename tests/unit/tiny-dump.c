// SPDX-License-Identifier: GPL-2.0-only
/* usage: tiny-dump [no-data|no-note|guest|no-kvm]...: the tiny kernel's dump to stdout */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tiny.h"

static unsigned int flag_of(const char *word)
{
	static const struct {
		const char *word;
		unsigned int flag;
	} words[] = {
		{ "no-data", TINY_NO_DATA }, { "no-note", TINY_NO_NOTE },
		{ "guest", TINY_GUEST }, { "no-kvm", TINY_NO_KVM },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!strcmp(words[i].word, word))
			return words[i].flag;
	}
	fprintf(stderr, "tiny-dump: unknown word: %s\n", word);
	exit(64);
}

int main(int argc, char **argv)
{
	unsigned int flags = 0;
	struct tiny tiny;
	char buf[65536];
	ssize_t n;
	int fd;

	for (int i = 1; i < argc; i++)
		flags |= flag_of(argv[i]);
	tiny_make(&tiny, flags);
	fd = tiny_file(&tiny, flags, NULL);
	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, stdout);
	tiny_free(&tiny);
	return fclose(stdout) ? 1 : 0;
}
