#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What s2ctl does without descriptors, memory, room on the disk, or time.
# shellcheck disable=SC2030,SC2031,SC2154

load common

setup_file() {
	make_preload
}

# What the commands read.
make_files() {
	cp "$fixtures/two.json" two.json
	mkdir -p policy.d
	cat > policy.d/a.json <<- 'END'
	{"format_version": 1, "rules": [{"id": "a", "match": {"class": ["io-nc"]},
	 "constraints": ["floor=device"], "mode": "enforce"}]}
	END
	cat > waivers.json <<- 'END'
	{"format_version": 1, "waivers": [{"id": "a", "rule": "S2-003",
	 "statement": "known", "expires": "2999-12-31"}]}
	END
	"$s2ctl" --from two.json audit --json > baseline.json || :
}

commands=(
	"--from two.json host" "--from two.json list"
	"--from two.json show --map" "--from two.json snapshot"
	"--from two.json snapshot -o out"
	"--from two.json audit --waivers waivers.json"
	"--from two.json audit --format=jsonl --baseline baseline.json"
	"--from two.json audit --format=html --output-file=out"
	"--from two.json audit --policy policy.d"
	"--from two.json policy get" "--from two.json policy check policy.d"
	"--from two.json preflight --on two.json --policy policy.d"
	"diff two.json two.json" "policy check --offline policy.d"
	"host" "list" "show" "audit" "policy get" "monitor" "explain wb"
	"version")

# Run a command that can have $1 descriptors, of which bats keeps none.
with_files() {
	# shellcheck disable=SC2016
	timeout 60 bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
		ulimit -n $1; shift; exec "$@"' - "$@"
}

# Nothing wrong with what the last command did: it works, or says in one line
# that something is missing and ends with 1.  $1: what it may say.
works_or_says() {
	case $status in
	0 | 2 | 3)
		return 0
		;;
	127)
		# The loader's word, before there is a program
		grep -q 'error while loading shared libraries' err
		return
		;;
	esac
	[[ $status -eq 1 && $(wc -l < err) -eq 1 ]] &&
		grep -q "^s2ctl: .*$1" err
}

@test "no descriptor left is one line that says so, whatever is run" {
	local files status words failed=0
	make_files
	for command in "${commands[@]}"; do
		read -ra words <<< "$command"
		for files in 3 4 5 6 7 8 9 10 11 12; do
			status=0
			# shellcheck disable=SC2016
			with_files $files "$s2ctl" "${words[@]}" \
				< /dev/null > /dev/null 2> err || status=$?
			works_or_says 'Too many open files' || {
				echo "$files files: $command: $status: $(cat err)"
				failed=1
			}
		done
	done
	[[ $failed -eq 0 ]]
}

@test "no descriptor left for a snapshot names the snapshot" {
	make_files
	run with_files 4 "$s2ctl" --from two.json list
	[[ $status -eq 1 ]]
	[[ $output == "s2ctl: two.json: Too many open files" ]]
}

@test "little memory is said, and never taken for a mistake in the file" {
	local status size failed=0
	make_large
	for command in list 'show --extents' audit 'audit --format=jsonl' \
		snapshot "diff $large"; do
		# shellcheck disable=SC2086
		for size in 7 9 11 13 15 18 21 25 30 40; do
			status=0
			# shellcheck disable=SC2016
			timeout 60 bash -c 'ulimit -v $1; shift; exec "$@"' - \
				${size}000 "$s2ctl" --from "$large" $command \
				< /dev/null > /dev/null 2> err || status=$?
			works_or_says 'not enough memory' || {
				echo "$size MB: $command: $status: $(head -5 err)"
				failed=1
			}
		done
	done
	[[ $failed -eq 0 ]]
}

# The files that commands write, each with a name for its letter F.
writers=(
	"--from two.json snapshot -o F"
	"--from two.json audit --format=json --output-file=F"
	"--from two.json audit --format=jsonl --output-file=F"
	"--from two.json audit --format=prometheus --output-file=F")

# Signal $1 comes when all is written and nothing is in place yet; $2: whether
# there are files without a name.
ended_by() {
	local words
	for writer in "${writers[@]}"; do
		read -ra words <<< "$writer"
		rm -rf there && mkdir there
		[[ $3 == new ]] || echo old > there/f
		run env LD_PRELOAD="$preload" SIGNAL_AT_FSYNC="$1" \
			NO_TMPFILE="$2" "$s2ctl" "${words[@]/%F/there/f}"
		echo "$writer, signal $1: $status: $output"
		[[ $status -eq $((128 + $1)) && -z $output ]]
		if [[ $3 == new ]]; then
			[[ -z $(ls -A there) ]]
		else
			[[ $(ls -A there) == f && $(cat there/f) == old ]]
		fi
	done
}

@test "a signal leaves no file behind, and the old one as it was" {
	make_files
	for signal in 1 2 15; do
		for without in 0 1; do
			ended_by $signal $without new
			ended_by $signal $without old
		done
	done
}

@test "a signal that is ignored does not end it" {
	make_files
	# shellcheck disable=SC2016
	run env LD_PRELOAD="$preload" SIGNAL_AT_FSYNC=15 NO_TMPFILE=1 bash -c \
		'trap "" TERM; exec "$0" --from two.json snapshot -o f' "$s2ctl"
	[[ $status -eq 0 ]]
	"$s2ctl" --from f list | grep -q web
	[[ $(find . -name 'f*' | wc -l) -eq 1 ]]
}

@test "a file gets its name also where there are none without" {
	make_files
	LD_PRELOAD=$preload NO_TMPFILE=1 "$s2ctl" --from two.json snapshot -o f
	[[ $(stat -c %a f) == 600 ]]
	"$s2ctl" --from two.json snapshot | cmp - f
}

@test "a signal while the input is waited for leaves no file behind" {
	local pid status=0
	make_large
	mkfifo fifo
	mkdir there
	"$s2ctl" --from fifo snapshot -o there/f &
	pid=$!
	# More than a pipe holds: some of it has been read when this is through.
	exec 9> fifo
	head -c 200000 "$large" >&9
	kill -TERM $pid
	wait $pid || status=$?
	exec 9>&-
	[[ $status -eq 143 ]]
	[[ -z $(ls -A there) ]]
}

@test "a full disk leaves the old file as it was" {
	make_large
	unshare -rm true 2> /dev/null || skip "no mount namespaces here"
	mkdir there
	# shellcheck disable=SC2016
	run unshare -rm bash -c 'mount -t tmpfs -o size=64k tmpfs there &&
		echo old > there/f && "$0" --from "$1" snapshot -o there/f
		echo "status $?" && ls -A there && cat there/f' "$s2ctl" "$large"
	echo "$output"
	[[ ${lines[0]} == "s2ctl: cannot write 'there/f': No space left on device" ]]
	[[ ${lines[1]} == "status 1" && ${lines[2]} == f && ${lines[3]} == old ]]
	[[ ${#lines[@]} -eq 4 ]]
}

@test "a limit on the size of files is said" {
	make_large
	echo old > f
	# shellcheck disable=SC2016
	run bash -c 'ulimit -f 16; exec "$0" --from "$1" snapshot -o f' \
		"$s2ctl" "$large"
	[[ $status -eq 1 ]]
	[[ $output == "s2ctl: cannot write 'f': File too large" ]]
	[[ $(cat f) == old && $(find . -name 'f*' | wc -l) -eq 1 ]]
}
