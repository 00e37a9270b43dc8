# SPDX-License-Identifier: GPL-2.0-only
# What holds for every command, whatever it does: where errors go, widths,
# locales, columns, JSON.  The commands and options are those of the program's
# tables; a new one is tested without a change here.

load common

two=$BATS_TEST_DIRNAME/fixtures/two.json

# Every command that can be called: "policy get", not "policy".
commands() {
	"$tables" plain <<< @tables@ | awk -F '\t' '
		!$2 { names[++n] = $1; split($1, w, " "); if (w[2]) parent[w[1]] }
		END { for (i = 1; i <= n; i++)
			if (!(names[i] in parent)) print names[i] }'
}

# COMMAND: those that have this option.
having() {
	"$tables" plain <<< @tables@ | awk -F '\t' -v o="$1" '$2 == o { print $1 }'
}

# What a command needs to do something, into argv.
call() {
	local -a extra=()
	case $1 in
	"policy check" | "policy apply") extra=(policy.json) ;;
	diff) extra=("$two" "$two") ;;
	preflight) extra=(--on "$two") ;;
	esac
	cat > policy.json <<- 'END'
	{ "format_version": 1, "rules": [ { "id": "a", "match": { "class": ["io"] },
	  "constraints": ["noexec"], "mode": "audit" } ] }
	END
	read -ra argv <<< "$1"
	argv+=("${extra[@]}")
}

# A command that cannot be used with a snapshot says so.
no_snapshot() {
	[[ $status -eq 64 && $stderr == *snapshot* ]]
}

# 1 and 64: one line on standard error, nothing on standard output.  No other
# status than those that are documented.
well_behaved() {
	case $status in
	0 | 2 | 3) ;;
	1 | 64)
		[[ -z $output ]] && expect_one_line ''
		;;
	*) false ;;
	esac || {
		echo "s2ctl $*: status $status"
		echo "stdout: $output"
		echo "stderr: $stderr"
		return 1
	}
}

@test "the tables have the commands that they should" {
	[[ $(commands) == *list* && $(commands) == *"policy get"* ]]
	[[ $(commands | wc -l) -ge 13 && $(having --output) == *audit* ]]
}

@test "errors are on standard error alone: input that is none" {
	echo nonsense > bad.json
	head -c 3000 "$two" > cut.json
	while read -r command; do
		call "$command"
		for file in bad.json cut.json nowhere.json . /dev/null; do
			for form in '' -j -p; do
				run --separate-stderr "$s2ctl" --from "$file" $form \
					"${argv[@]}" < /dev/null
				well_behaved --from "$file" $form "${argv[@]}"
				# Help, versions and explanations need no host.
				[[ $status -ne 0 && $status -ne 2 ]] ||
					[[ $command =~ ^(help|version|explain|diff)$ ]]
			done
		done
	done < <(commands)
}

@test "... an unknown option, an argument too many, an option without its argument" {
	while read -r command; do
		call "$command"
		s2 --from "$two" "${argv[@]}" --frobnicate
		expect_usage "--frobnicate"
	done < <(commands)
	while IFS=$'\t' read -r command option _ argument words; do
		[[ $option ]] || continue
		call "${command/#s2ctl/list}"
		# shellcheck disable=SC2153 # argv: set by call
		s2 "${argv[@]}" "$option="
		[[ $option == --help || $option == --version ]] || expect_status 64
		if [[ $argument != - ]]; then
			s2 "${argv[@]}" "$option"
			expect_usage "needs an argument"
		fi
		if [[ $words ]]; then
			s2 "${argv[@]}" "$option=nonesuch"
			expect_usage "'nonesuch'"
		fi
	done < <("$tables" plain <<< @tables@)
}

@test "... standard input that is closed" {
	while read -r command; do
		call "$command"
		run --separate-stderr bash -c '"$@" <&-' bash "$s2ctl" --from - \
			"${argv[@]}"
		well_behaved --from - "${argv[@]}"
	done < <(commands)
}

@test "... output that is closed or full, also of errors" {
	while read -r command; do
		call "$command"
		run --separate-stderr bash -c '"$@" > /dev/full' bash "$s2ctl" \
			--from "$two" "${argv[@]}" < /dev/null
		no_snapshot || expect_status 1
		expect_one_line ''
		run bash -c '"$@" 2> /dev/full' bash "$s2ctl" "${argv[@]}" \
			--frobnicate
		[[ $status -eq 64 && -z $output ]]
	done < <(commands)
}

# The keys of a document, and the kinds of their values.
shape() {
	python3 - <<- 'END'
	import json
	document = json.load(open("out.json"))
	print({k: type(v).__name__ for k, v in document.items()})
	for name in ("host", "summary", "tool"):
	    print(name, document[name] and sorted(document[name]))
	END
}

# Objects of one kind have the same keys, all of them, always.
same_keys() {
	python3 - "$@" <<- 'END'
	import json, sys
	kinds = {}
	def walk(name, value, path):
	    if isinstance(value, dict):
	        was = kinds.setdefault(name, (sorted(value), path))
	        assert was[0] == sorted(value), (name, path, was[1],
	            set(was[0]) ^ set(value))
	        for key, child in value.items():
	            walk(key, child, path)
	    elif isinstance(value, list):
	        for child in value:
	            walk(name, child, path)
	for path in sys.argv[1:]:
	    walk("", json.load(open(path)), path)
	END
}

@test "JSON: the same keys and kinds for no VM, one, and many" {
	python3 "$root/tests/cli/edit" "$two" "
d['vms'] = [dict(d['vms'][0], id=i + 1, pid=i + 100, name=f'n{i}')
            for i in range(40)]; d['host']['vm_count'] = 40" > 40.json
	python3 "$root/tests/cli/edit" "$two" \
		"d['vms'] = d['vms'][1:]; d['host']['vm_count'] = 1" > 1.json
	python3 "$root/tests/cli/edit" "$two" \
		"d['vms'] = []; d['policies'] = []; d['host']['vm_count'] = 0" > 0.json
	while read -r command; do
		call "$command"
		name=${command// /-}
		for n in 0 1 40; do
			s2 --from "$n.json" -j "${argv[@]}"
			# No JSON, or not of a snapshot
			[[ $status -ne 64 ]] || break
			[[ $status -eq 0 || $status -eq 2 ]]
			s2json --from "$n.json" -j "${argv[@]}"
			shape > "$name.$n.shape"
			cp out.json "$name.$n.out"
			cmp "$name.$n.shape" "$name.0.shape"
		done
		[[ ! -e $name.0.out ]] || same_keys "$name".*.out
	done < <(commands)
	[[ $(ls ./*.40.out | wc -l) -ge 8 ]]
}

# Locales that differ where it hurts: decimal commas, another lower case of I.
# Made here, for few machines have them.
make_locales() {
	command -v localedef > /dev/null || skip "localedef is not installed"
	[[ -e /usr/share/i18n/locales/tr_TR ]] ||
		skip "the sources of locales are not installed"
	mkdir -p "$BATS_FILE_TMPDIR/locales"
	for name in de_DE tr_TR; do
		[[ -e $BATS_FILE_TMPDIR/locales/$name.UTF-8 ]] ||
			localedef -f UTF-8 -i "$name" \
				"$BATS_FILE_TMPDIR/locales/$name.UTF-8" 2> /dev/null ||
			[[ -e $BATS_FILE_TMPDIR/locales/$name.UTF-8 ]]
	done
	export LOCPATH=$BATS_FILE_TMPDIR/locales
	# They are what they are made for.
	[[ $(LC_ALL=de_DE.UTF-8 printf '%.1f' 1,5) == 1,5 ]]
	[[ $(LC_ALL=tr_TR.UTF-8 python3 -c '
import locale
locale.setlocale(locale.LC_ALL, "")
print(locale.localeconv()["decimal_point"])') == , ]]
}

@test "in every locale the output is the same, JSON and tables" {
	make_locales
	while read -r command; do
		call "$command"
		for form in '' -j -p; do
			LC_ALL=C.UTF-8 s2 --from "$two" $form "${argv[@]}"
			first=$status$output$stderr
			for locale in de_DE tr_TR; do
				LC_ALL=$locale.UTF-8 LANGUAGE=$locale \
					s2 --from "$two" $form "${argv[@]}"
				[[ $status$output$stderr == "$first" ]] || {
					echo "$locale: $form ${argv[*]}"
					diff <(echo "$first") <(echo "$status$output$stderr")
				}
			done
		done
	done < <(commands)
}

@test "in every locale words, columns and numbers are understood alike" {
	make_locales
	for locale in C.UTF-8 tr_TR.UTF-8; do
		export LC_ALL=$locale
		# In Turkish, the capital of "i" has a dot, and "I" has none in small.
		s2 --from "$two" list -n -r -o id,PID,uuid,SiZe 1
		expect_usage "unexpected"
		s2 --from "$two" list -n -r -o id,PID,vcpus,alive
		expect_status 0
		[[ $output == $'1 1200 2 yes\n2 1300 1 yes' ]]
		s2 --from "$two" list -n -r -o ID,PID,UUID,VCPUS,ALIVE
		expect_status 0
		s2 list --list-columns
		[[ $output == "ID "*$'\nPID '* ]]
		s2 explain IO-VMA
		expect_status 0
		[[ $output == "io-vma (reason)"* ]]
		s2 explain s2-003
		[[ $output == "S2-003 (rule)"* ]]
		s2 --from "$two" show -n -r -o GPA uuid:C0FFEE00-0000-4000-8000-000000000001
		expect_status 0
		[[ $output == $'0x40000000\n0x800000000' ]]
		s2 --from "$two" audit --fail-on=info
		expect_status 2
		s2 --from "$two" show -n -o BYTES 1
		[[ $output == *512M* ]]
	done
}

# No wider than COLUMNS, in characters
fits() {
	awk -v w="$1" 'length > w { print length " wide: " $0; bad = 1 }
		END { exit bad }' <<< "$output"
}

@test "COLUMNS: help and explanations keep to it" {
	for width in 60 100; do
		export COLUMNS=$width
		while read -r command; do
			# shellcheck disable=SC2086 # of a subcommand, two words
			s2 $command --help
			expect_status 0
			# Names of options are not broken.
			output=$(tail -n +3 <<< "$output" | grep -v '^ *-')
			fits "$width"
		done < <(commands)
		s2 explain S2-006 io-vma type
		fits "$width"
	done
	COLUMNS=200 s2 explain S2-006
	wide=$(wc -l <<< "$output")
	COLUMNS=40 s2 explain S2-006
	[[ $(wc -l <<< "$output") -gt $wide ]]
}

@test "COLUMNS: maps keep to it; tables lose no value and no word for it" {
	for width in 60 100; do
		COLUMNS=$width s2 --from "$two" show --map 1
		expect_status 0
		# What is above each map is a sentence.
		output=$(grep -v '^VM ' <<< "$output")
		fits "$width"
	done
	while read -r command; do
		call "$command"
		COLUMNS=1000 s2 --from "$two" "${argv[@]}"
		no_snapshot && continue
		wide=$(tr -s ' \n' '\n' <<< "$output" | sort)
		COLUMNS=40 s2 --from "$two" "${argv[@]}"
		diff <(echo "$wide") <(tr -s ' \n' '\n' <<< "$output" | sort)
	done < <(having --output | grep -vx -e snapshot -e show)
}

@test "COLUMNS that is no width: as if it was not there" {
	s2 explain S2-006
	first=$output
	for width in '' 0 -5 abc 3 80x 99999999999999999999 '80 '; do
		COLUMNS=$width s2 explain S2-006
		expect_status 0
		[[ $output == "$first" ]]
	done
}

@test "no pager, no editor and no browser is started, also on a terminal" {
	command -v script > /dev/null || skip "script(1) is not installed"
	mkdir bin
	for name in less more pager man sensible-pager vi; do
		printf '#!/bin/sh\ntouch %s/started\n' "$PWD" > bin/$name
		chmod +x bin/$name
	done
	while read -r command; do
		call "$command"
		TERM=xterm PATH=$PWD/bin:$PATH PAGER=less MANPAGER=less \
			SYSTEMD_PAGER=less GIT_PAGER=less S2CTL_PAGER=less \
			run script -qec "$s2ctl --from $two ${argv[*]}" /dev/null \
			< /dev/null
	done < <(commands)
	[[ ! -e started ]]
}

@test "NO_COLOR and TERM: every command, on a terminal" {
	command -v script > /dev/null || skip "script(1) is not installed"
	esc=$'\e['
	while read -r command; do
		call "$command"
		line="$s2ctl --from $two ${argv[*]}"
		run env TERM=xterm NO_COLOR=1 script -qec "$line" /dev/null
		[[ $output != *"$esc"* ]]
		run env TERM=dumb script -qec "$line" /dev/null
		[[ $output != *"$esc"* ]]
		run env TERM=xterm script -qec "$line --color=never" /dev/null
		[[ $output != *"$esc"* ]]
		run env TERM=xterm script -qec "$line -j" /dev/null
		[[ $output != *"$esc"* ]]
	done < <(commands)
}

@test "-o, -n and -r: every column of every table, for scripts" {
	while read -r command; do
		call "$command"
		s2 "${argv[@]}" --list-columns
		expect_status 0
		[[ -z $stderr ]]
		columns=$(grep -o '^[A-Z_0-9]\+' <<< "$output")
		all=$(paste -s -d , <<< "$columns")
		s2 --from "$two" "${argv[@]}" -r -n -o "$all"
		no_snapshot && continue
		s2 --from "$two" "${argv[@]}" -r -o "$all"
		[[ $status -eq 0 || $status -eq 2 ]]
		n=$(wc -l <<< "$columns")
		# Each line has as many values as there are columns, blanks between.
		awk -v n="$n" -F ' ' 'NF != n { print; bad = 1 } END { exit bad }' \
			<<< "$output"
		with=$output
		s2 --from "$two" "${argv[@]}" -r -n -o "$all"
		[[ $output == "$(tail -n +2 <<< "$with")" ]]
		# The same one by one, in small letters
		# Not i: that is the loop of run's
		nth=0
		while read -r column; do
			nth=$((nth + 1))
			s2 --from "$two" "${argv[@]}" -r -n -o "${column,,}"
			diff <(echo "$output") \
				<(tail -n +2 <<< "$with" | cut -d ' ' -f "$nth")
		done <<< "$columns"
	done < <(having --list-columns)
}

@test "-o +COLUMN: behind those that are printed without" {
	while read -r command; do
		call "$command"
		# Without -o, show is no table.
		[[ $command != show ]] || argv+=(--extents)
		s2 "${argv[@]}" --list-columns
		column=$(grep -o '^[A-Z_0-9]\+' <<< "$output" | tail -n 1)
		s2 --from "$two" "${argv[@]}" -r
		no_snapshot && continue
		plain=$(head -n 1 <<< "$output")
		s2 --from "$two" "${argv[@]}" -r -o "+$column"
		[[ $(head -n 1 <<< "$output") == "$plain "?* ]]
		s2 --from "$two" "${argv[@]}" -r -o "+NOPE"
		expect_usage "unknown column 'NOPE'"
	done < <(having --list-columns)
}
