# SPDX-License-Identifier: GPL-2.0-only
# s2ctl audit --format and --output-file, whatever the format.

load common

setup_file() {
	use_sanitizers
}

@test "table is the default, json is --json" {
	s2 --from "$fixtures/two.json" audit
	plain=$output
	s2 --from "$fixtures/two.json" audit --format=table
	expect_status 2
	[[ $output == "$plain" ]]
	s2json --from "$fixtures/two.json" audit --json
	json=$output
	s2json --from "$fixtures/two.json" audit --format json
	expect_status 2
	[[ $output == "$json" ]]
	s2json --from "$fixtures/two.json" audit --format json --pretty
	[[ $output == "{"$'\n'* ]]
}

@test "every format: the exit status is that of the findings" {
	for format in table json sarif prometheus html; do
		s2 --from "$fixtures/two.json" audit --format=$format
		expect_status 2
		[[ -z $stderr && -n $output ]]
		s2 --from "$fixtures/two.json" audit --format=$format --fail-on=high
		expect_status 0
		s2 --from "$fixtures/two.json" audit --format=$format nobody
		expect_usage nobody
	done
}

@test "every format: what is not known is said on standard error, and 3" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['extents'][0]['perm'] = None" > part.json
	for format in table json sarif prometheus html; do
		s2 --from part.json audit --format=$format
		expect_status 3
		expect_one_line S2-005
	done
}

@test "every format, and no VM at all" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = []
d['host']['vm_count'] = 0" > none.json
	for format in table json sarif prometheus html; do
		s2 --from none.json audit --format=$format
		expect_status 0
		[[ -n $output ]]
	done
}

@test "wrong usage" {
	s2 --from "$fixtures/two.json" audit --format=xml
	expect_usage xml
	s2 --from "$fixtures/two.json" audit --format=SARIF
	expect_usage SARIF
	s2 --from "$fixtures/two.json" audit --json --format=sarif
	expect_usage "--format=sarif"
	s2 --from "$fixtures/two.json" audit --pretty --format=html
	expect_usage "--pretty"
	s2 --from "$fixtures/two.json" list --format=json
	expect_usage "unknown option"
}

@test "the same is written to a file, to standard output and as -" {
	for format in table json sarif prometheus html; do
		s2 --from "$fixtures/two.json" audit --format=$format
		printf '%s\n' "$output" > want
		s2 --from "$fixtures/two.json" audit --format=$format \
			--output-file=got
		expect_status 2
		[[ -z $output && -z $stderr ]]
		cmp want got
		s2 --from "$fixtures/two.json" audit --format=$format \
			--output-file=-
		printf '%s\n' "$output" | cmp want -
	done
	[[ $(ls) == $'got\nwant' ]]
}

@test "files are for their owner, metrics for all, whatever the umask" {
	for format in table json sarif html; do
		(umask 000; "$s2ctl" --from "$fixtures/two.json" audit \
			--fail-on=high --format=$format --output-file="$format")
		[[ $(stat -c %a "$format") == 600 ]]
	done
	(umask 077; "$s2ctl" --from "$fixtures/two.json" audit --fail-on=high \
		--format=prometheus --output-file=s2ctl.prom)
	[[ $(stat -c %a s2ctl.prom) == 644 ]]
}

@test "a file is replaced at once, and a symbolic link is followed" {
	echo old > real
	exec 7< real
	ln -s real link
	s2 --from "$fixtures/two.json" audit --format=prometheus \
		--output-file=link
	expect_status 2
	[[ -L link && $(head -c 6 real) == "# HELP" ]]
	# Who has it open still reads what was there.
	[[ $(cat <&7) == old ]]
}

@test "no colour in a file, unless it is asked for" {
	"$s2ctl" --from "$fixtures/two.json" audit --fail-on=high --output-file=a
	"$s2ctl" --from "$fixtures/two.json" audit --fail-on=high --output-file=b \
		--color=always
	refute grep -q $'\033' a
	grep -q $'\033' b
}

@test "a folder, and a file in a folder that is not there" {
	mkdir folder
	s2 --from "$fixtures/two.json" audit --output-file=folder
	expect_status 1
	expect_one_line "Is a directory"
	s2 --from "$fixtures/two.json" audit --output-file=nowhere/file
	expect_status 1
	expect_one_line "No such file"
	s2 --from "$fixtures/two.json" audit --output-file=
	expect_usage output-file
}

@test "a full device, in every format: 1, and no more than one line" {
	for format in table json sarif prometheus html; do
		s2 --from "$fixtures/two.json" audit --format=$format \
			--output-file=/dev/full
		expect_status 1
		expect_one_line "No space left"
		run --separate-stderr bash -c \
			'"$1" --from "$2" audit --format="$3" > /dev/full' \
			bash "$s2ctl" "$fixtures/two.json" "$format"
		expect_status 1
		expect_one_line "No space left"
	done
}

@test "a full disk leaves the old file as it was, and nothing beside it" {
	mkdir disk
	unshare --mount true 2> /dev/null || skip "may not mount"
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount bash -c '
		mount -t tmpfs -o size=16k tmpfs disk || exit 99
		echo old > disk/report
		head -c 16384 /dev/zero > disk/filler 2> /dev/null
		"$1" --from "$2" audit --format=html --output-file=disk/report
		status=$?
		cat disk/report
		ls disk
		exit $status' bash "$s2ctl" "$fixtures/two.json"
	[[ $status -ne 99 ]] || skip "may not mount"
	expect_status 1
	expect_one_line "No space left"
	[[ $output == $'old\nfiller\nreport' ]]
}

@test "output does not depend on the locale or on the time zone" {
	for format in table json sarif prometheus html; do
		LC_ALL=C TZ=UTC "$s2ctl" --from "$fixtures/report.json" audit \
			--format=$format > a || [[ $? -eq 2 ]]
		LC_ALL=C.UTF-8 TZ=Asia/Tokyo COLUMNS=80 "$s2ctl" \
			--from "$fixtures/report.json" audit \
			--format=$format > b || [[ $? -eq 2 ]]
		cmp a b
	done
}

@test "nothing that a terminal obeys, and no text runs backwards" {
	for format in table sarif prometheus html; do
		s2 --from "$fixtures/report.json" audit --format=$format
		printf '%s' "$output" > out
		python3 - <<- 'END'
		import unicodedata
		text = open("out", encoding="utf-8").read()
		bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"}
		assert not bad, bad
		END
	done
}

@test "pages on rules are not stale (make generated)" {
	mkdir rules
	"$root/build/gen-rules" rules
	diff -r rules "$root/docs/rules"
	[[ -e rules/S2-003.md ]]
}

@test "make install has the pages where SARIF says they are" {
	MAKEFLAGS='' make -s -C "$root" install DESTDIR="$PWD/root" > /dev/null
	"$root/build/s2ctl" --from "$fixtures/two.json" audit --fail-on=high \
		--format=sarif --output-file=out.sarif
	python3 - <<- 'END'
	import json, os, urllib.parse
	run = json.load(open("out.sarif"))["runs"][0]
	base = run["originalUriBaseIds"]["S2CTL_RULES"]["uri"]
	for result in run["results"]:
	    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
	    path = urllib.parse.unquote(base + uri).removeprefix("file://")
	    assert os.path.isfile("root" + path), path
	END
}
