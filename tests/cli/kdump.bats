# SPDX-License-Identifier: GPL-2.0-only
# --from with compressed memory dumps, which libkdumpfile reads.  They are made of the
# tiny kernel's ELF dump, of which dump.bats says what is in it.

load common

# Not with the sanitizers' build: in that one the reader is not under a seccomp filter

setup_file() {
	mkdir -p "$root/build"
	MAKEFLAGS='' flock "$root/build/tiny.lock" \
		make -s -C "$root" build/tests/tiny-dump
	make_preload
}

# WORD...: such a dump as the file "dump", made of the file "elf"
make_dump() {
	"$root/build/tests/tiny-dump" > elf
	"$BATS_TEST_DIRNAME/compress" elf "$@" > dump
}

# The file of the library that s2ctl will load, with its version in its name
library() {
	python3 - <<- 'END'
	import ctypes, os
	for version in 12, 11, 10:
	    try:
	        ctypes.CDLL(f"libkdumpfile.so.{version}")
	    except OSError:
	        continue
	    with open("/proc/self/maps") as maps:
	        print(next(line.split()[-1] for line in maps if "libkdumpfile" in line))
	    break
	END
}

need_library() {
	[[ $(library) ]] || skip "libkdumpfile is not installed"
}

# The same as from ELF
expect_same() {
	for command in list "show --extents pid:77:fd:5" audit; do
		# shellcheck disable=SC2086
		s2 --from elf $command
		cp <(echo "$status $output $stderr") want
		# shellcheck disable=SC2086
		s2 --from dump $command
		diff want <(echo "$status $output $stderr")
	done
}

# TEXT: an error with that in it
expect_refused() {
	s2 --from dump list
	expect_status 1
	[[ -z $output ]]
	expect_one_line "$1"
}

# OFFSET OCTAL: what is written to the dump
put() {
	# shellcheck disable=SC2059
	printf "$2" | dd of=dump bs=1 seek="$1" conv=notrunc status=none
}

@test "a compressed dump says the same as the ELF file it was made of" {
	need_library
	make_dump
	[[ $(stat -c %s dump) -lt $(($(stat -c %s elf) / 8)) ]]
	expect_same
	COLUMNS=200 s2 --from dump list
	[[ $output == *"pid:77:fd:5  77 vmm     -    yes       2     2   6M 2.1M  0     2M"* ]]
}

@test "pages that are not compressed, and QEMU's blocks of 64 KiB" {
	need_library
	for words in plain large "large plain"; do
		# shellcheck disable=SC2086
		make_dump $words
		expect_same
	done
}

@test "a flattened dump, by a library that reads it; else what to do is said" {
	need_library
	make_dump flat
	# 0.5.3 is 10.2.0
	if [[ $(library) == *.so.10.[01].* ]]; then
		expect_refused "makedumpfile -R DUMP < dump"
	else
		expect_same
		truncate -s -100000 dump
		expect_refused "libkdumpfile: "
	fi
}

@test "who reads it is under a seccomp filter like any other" {
	need_library
	[[ ! ${S2CTL:-} ]] || skip "another build may have no filter"
	make_dump
	s2 -v --from dump list
	expect_status 0
	[[ $stderr == *"without capabilities"*"under a seccomp filter"* ]]
}

@test "a compressed dump that was cut short, anywhere" {
	need_library
	for words in "" plain large; do
		# shellcheck disable=SC2086
		make_dump $words
		cp dump whole
		size=$(stat -c %s dump)
		for bytes in 440 4000 5000 9000 20000 "$((size / 2))" "$((size - 1))"; do
			head -c "$bytes" whole > dump
			expect_refused "cut short, or is still being written"
		done
	done
}

@test "sizes that no dump has" {
	need_library
	make_dump
	cp dump whole
	# block_size: 0, 2^31 and 4097
	for bytes in '\0\0\0\0' '\0\0\0\200' '\1\20\0\0'; do
		put 428 "$bytes"
		expect_refused "not a dump of a 64-bit kernel"
	done
	# bitmap_blocks, max_mapnr, and the bytes of notes, in a file with room for all
	cp whole dump
	put 436 '\377\377\377\377'
	truncate -s 1T dump
	expect_refused "a table of pages of 8796093020160 bytes"
	cp whole dump
	put 440 '\377\377\377\377'
	truncate -s 1T dump
	expect_refused "its table of pages has room for fewer"
	for bytes in '\0\0\0\0\1' '\377\377\377\377\377\377\377\377'; do
		cp whole dump
		put $((4096 + 56)) "$bytes"
		truncate -s 1T dump
		expect_refused "its notes are larger than any kernel's"
	done
}

@test "one file of several says how to put them together" {
	need_library
	make_dump
	put $((4096 + 12)) '\1'
	expect_refused "makedumpfile --reassemble"
}

@test "without libkdumpfile the error says what to install" {
	[[ ! ${S2CTL:-} ]] || skip "another build may not be preloaded"
	make_dump
	run --separate-stderr env LD_PRELOAD="$preload" NO_LIBRARY=libkdumpfile \
		"$s2ctl" --from dump list
	expect_status 1
	expect_one_line "install libkdumpfile"
}
