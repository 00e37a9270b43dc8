# SPDX-License-Identifier: GPL-2.0-only
# The manual: against the tables of program, library and netlink family; and
# as text.

load common

manual() {
	python3 "$root/tests/cli/manual" "$@"
}

# Nothing on standard output or standard error, and success.
silent() {
	run "$@"
	echo "$output"
	[[ $status -eq 0 && -z $output ]]
}

@test "every command and option is there, with letter, argument and words; no other" {
	"$tables" plain <<< @tables@ > program
	[[ $(grep -c -- -- program) -gt 30 ]]
	python3 "$root/tests/cli/manual-options" "$root"/man/*.8 < program |
		sort > manual
	diff <(sort program) manual
}

@test "... and the comparison finds what differs" {
	"$tables" plain <<< @tables@ > program
	cp "$root"/man/*.8 .
	differs() {
		python3 "$root/tests/cli/manual-options" ./*.8 < program | sort |
			diff <(sort program) - > difference && return 1
		cp "$root"/man/*.8 .
	}
	sed -i 's/^\.It Fl j , Fl Fl json$/.It Fl Fl json/' s2ctl.8
	differs
	sed -i 's/^\.It Fl Fl force$/.It Fl Fl forced/' s2ctl-policy.8
	differs
	sed -i 's/Ns Ar SEVERITY$/Ns Ar LEVEL/' s2ctl-audit.8
	differs
	sed -i 's/^\.Cm info , low , medium$/.Cm info , medium/' s2ctl-audit.8
	differs
	sed -i 's/^\.Ss policy check$/.Ss policy verify/' s2ctl-policy.8
	differs
	rm s2ctl-show.8
	differs
	cp s2ctl-show.8 s2ctl-shows.8
	differs
	rm s2ctl-shows.8
	refute differs
}

@test "every command has a page, and every subcommand is in its synopsis" {
	while read -r command; do
		page=$root/man/s2ctl-${command%% *}.8
		[[ -e $page ]]
		# One that has subcommands cannot be called without.
		"$tables" plain <<< @tables@ | grep -q "^$command " ||
			sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' "$page" |
			grep -qx ".Nm s2ctl $command"
		grep -q "^\.It Cm ${command%% *}$" "$root/man/s2ctl.8"
	done < <("$tables" plain <<< @tables@ | awk -F '\t' '!$2 { print $1 }')
}

@test "every exit status is documented, in the manual, in the help and in docs" {
	statuses=$(sed -n 's/^\tCLI_[A-Z]* = \([0-9]*\),$/\1/p' "$root/cli/frame/cli.h")
	[[ $(wc -l <<< "$statuses") -ge 5 ]]
	diff <(echo "$statuses") <(
		sed -n '/^\.Sh EXIT STATUS/,/^\.El/s/^\.It \([0-9]*\)$/\1/p' \
			"$root/man/s2ctl.8")
	s2 --help
	diff <(echo "$statuses") <(
		tr '\n' ' ' <<< "$output" | sed 's/.*Exit status: //' |
			grep -o '[0-9]\+')
	diff <(echo "$statuses") <(
		sed -n 's/^| \([0-9]*\) | .* | .* |$/\1/p' "$root/docs/json.md")
	for page in "$root"/man/s2ctl-*.8; do
		sed -n '/^\.Sh EXIT STATUS/,/^\.Sh SEE/p' "$page" |
			grep -qx '\.Xr s2ctl 8 [.,]'
	done
}

@test "sections: EXAMPLE before OPTIONS, none missing" {
	silent manual sections "$root"/man/*.[1-8]
	# The check itself
	sed 's/^\.Sh EXAMPLE$/.Sh EXAMPLES/' "$root/man/s2ctl-list.8" > x.8
	[[ $(manual sections x.8) == *"no section EXAMPLE"* ]]
}

@test "every reference leads to a page" {
	silent manual xrefs "$root/tests/cli/system-pages" "$root"/man/*.[1-8]
	grep -v '^#' "$root/tests/cli/system-pages" | LC_ALL=C sort -c -u
	# The check itself
	cp "$root"/man/*.[1-8] .
	sed -i 's/^\.Xr s2ctl-list 8/.Xr s2ctl-lists 8/' ./s2ctl.8
	[[ $(manual xrefs "$root/tests/cli/system-pages" ./*.[1-8]) == \
		"./s2ctl.8: s2ctl-lists(8) is not there"*"refer to s2ctl-list(8)" ]]
}

@test "mandoc has nothing to say" {
	command -v mandoc > /dev/null || skip "mandoc is not installed"
	# Its STYLE level takes the section EXAMPLE for a typo of EXAMPLES.  That one
	# mandoc wants behind OPTIONS; ours stands before, which is what a reader
	# wants.  It also looks for pages that are not installed; xrefs, above, does
	# better.
	silent mandoc -Tlint -W warning "$root"/man/*.[1-8]
	silent sh -c 'mandoc -Tlint -W style "$@" 2> /dev/null |
		grep -v -e "possible typo in section name: Sh EXAMPLE instead" \
			-e "referenced manual not found" \
			-e "input text line longer than 80 bytes" \
			-e "Sh FIELDS instead of FILES" \
			-e "no blank before trailing delimiter" || true' sh \
		"$root"/man/*.[1-8]
}

@test "groff has nothing to say" {
	command -v man > /dev/null || skip "man is not installed"
	man --version > /dev/null 2>&1 || skip "this man(1) is not man-db's"
	for page in "$root"/man/*.[1-8]; do
		LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 silent sh -c '
			man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 > /dev/null' \
			sh "$page"
	done
}

@test "rendered, no line of a command's page is wider than 80 columns" {
	command -v mandoc > /dev/null || skip "mandoc is not installed"
	for page in "$root"/man/*.8; do
		mandoc -Tascii -O width=78 "$page" | col -b | expand |
			awk -v p="$page" 'length > 80 { print p ": " $0; bad = 1 }
				END { exit bad }'
	done
}

# Everything that a user reads: pages, help, explanations
texts() {
	manual prose "$root"/man/*.[1-8]
	{
		"$s2ctl" --help
		"$tables" plain <<< @tables@ | awk -F '\t' '!$2 { print $1 }' |
			while read -r command; do
				# shellcheck disable=SC2086 # of a subcommand, two words
				"$s2ctl" $command --help
			done
		"$s2ctl" explain --json | python3 -c '
import json, sys
for w in json.load(sys.stdin)["words"]:
    print(w["summary"], w["text"], w["remedy"] or "")'
	} | manual prose -
}

# What aspell does not know and our list of words does not have.
misspelt() {
	LC_ALL=C.UTF-8 aspell list --lang=en_GB --encoding=utf-8 |
		sed "s/'s$//" | LC_ALL=C sort -u |
		grep -vxFf "$root/tests/cli/words.txt" || true
}

@test "it is spelt right (tests/cli/words.txt has the words of the field)" {
	command -v aspell > /dev/null || skip "aspell is not installed"
	aspell dump dicts | grep -qx en_GB || skip "aspell knows no en_GB"
	[[ $(texts | wc -w) -gt 5000 ]]
	[[ $(echo 'A VM has memry' | misspelt) == memry ]]
	silent misspelt < <(texts)
	LC_ALL=C sort -c -u "$root/tests/cli/words.txt"
}

@test "no common misspelling in sources and documents either" {
	command -v codespell > /dev/null || skip "codespell is not installed"
	# .Nd is a macro, --upto an option of s2ctl-kernel; "\nNUMBER" begins a line.
	silent codespell -L nd,upto,nnumber "$root"/{man,docs,lib,cli,uapi,packaging,completions} \
		"$root"/{README.md,NEWS}
}

@test "what it takes from elsewhere is not stale (make generated)" {
	diff <("$tables" mdoc < "$root/man/s2ctl.json.5.in") "$root/man/s2ctl.json.5"
	for page in libs2ctl.3 kvm_s2.7; do
		diff <("$root/man/tables" < "$root/man/$page.in") "$root/man/$page"
	done
}

@test "libs2ctl(3) has every function of the library, and its types" {
	page=$root/man/libs2ctl.3
	while read -r symbol; do
		grep -q "^\.It Ft .* Fn $symbol " "$page" || {
			echo "no $symbol"
			return 1
		}
	done < <(sed -n 's/^\t\(s2_[a-z0-9_]*\);$/\1/p' "$root/lib/libs2ctl.map")
	while read -r type; do
		grep -q "^\.It Vt $type$" "$page"
	done < <(sed -n 's/^\(\(struct\|enum\) [a-z0-9_]*\) {$/\1/p' "$root/lib/s2ctl.h")
}

# The example programs as a reader would copy them from the screen: indentation
# apart, nothing is lost or changed by the markup.
@test "the programs in the manual are those that are built and run" {
	command -v mandoc > /dev/null || skip "mandoc is not installed"
	while read -r page file; do
		mandoc -Tascii -O width=200 "$root/man/$page" | col -b |
			sed 's/^[ \t]*//' | tr -s ' \t' ' ' > shown
		sed 's/^[ \t]*//' "$root/docs/examples/$file" | tr -s ' \t' ' ' > text
		python3 - <<- 'END'
		text, shown = (open(name).read() for name in ("text", "shown"))
		assert len(text) > 1000 and text in shown
		END
	done <<- 'END'
	libs2ctl.3 slots.c
	libs2ctl.3 fields.c
	kvm_s2.7 vms.c
	END
}

@test "kvm_s2(7) has every attribute and operation of the header, no other" {
	diff <(grep -o '\bKVM_S2_\(A\|CMD\)_[A-Z0-9_]*' \
			"$root/uapi/linux/kvm_s2_netlink.h" | grep -v '_MAX$' | sort -u) \
		<(sed -n '/^\.Ss Operations/,/^\.Ss Dumps/p; /^\.Sh ATTRIBUTES/,$p' \
			"$root/man/kvm_s2.7" |
			grep -o '\bKVM_S2_\(A\|CMD\)_[A-Z0-9_]*' | sort -u)
}

# two.json, with a third VM as the examples have it: 3, and called guest1
three() {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'].append(dict(d['vms'][1], id=3, pid=1400, name='guest1'))
d['host'].update(vm_count=3, last_vm_id=3)"
}

@test "the program accepts every command of the examples" {
	manual examples "$root"/man/*.[1-8] > all
	[[ $(wc -l < all) -gt 30 ]]
	three > three.json
	while read -r line; do
		eval "words=($line)"
		# shellcheck disable=SC2154 # words: set by eval
		for word in "${words[@]}"; do
			# A memory dump, or a snapshot in its place: --from tells by what is in it
			[[ ($word != *.json && $word != vmcore) || $word == /* || -e $word ]] ||
				cp three.json "$word"
		done
		[[ " ${words[*]} " == *" --from "* || $line == "policy check"* ]] ||
			words+=(--from three.json)
		run --separate-stderr "$s2ctl" "${words[@]}" < /dev/null
		echo "s2ctl $line: $status $stderr"
		case $status in
		0 | 2 | 3) ;;
		# Right, but not what can be done with a snapshot
		64) [[ $stderr == *snapshot* && $line != *"--from"* ]] ;;
		# There is no site policy here, and a snapshot is not one.
		1) [[ $stderr == *"/etc/s2ctl"* || $line == *.json* ]] ;;
		*) false ;;
		esac
	done < all
}

@test "the pages are installed where man finds them" {
	MAKEFLAGS='' make -s -C "$root" install DESTDIR="$PWD/root" prefix=/usr
	for page in "$root"/man/*.[1-8]; do
		cmp "$page" "root/usr/share/man/man${page##*.}/${page##*/}"
	done
	[[ -e root/usr/share/man/man3/libs2ctl.3 ]]
	[[ -e root/usr/share/man/man7/kvm_s2.7 ]]
}
