# SPDX-License-Identifier: GPL-2.0-only
# Snapshots of many hosts, asked by other programs: the commands of docs/json.md
# as they stand there.  What they print was worked out from the snapshot by hand.

load common

# The one command of docs/json.md that has $1 in it, of the section on snapshots.
documented() {
	python3 - "$root/docs/json.md" "$1" <<- 'END'
	import re, sys
	text = open(sys.argv[1]).read()
	section = text.split("## Snapshots of many hosts")[1].split("\n## ")[0]
	blocks = re.findall(r"(?:^    .*\n)+", section, re.M)
	found = [block for block in blocks if sys.argv[2] in block]
	assert len(found) == 1, found
	print(found[0])
	END
}

# Runs it.
asked() {
	local command

	command=$(documented "$1")
	run --separate-stderr bash -o pipefail -c "$command"
	expect_status 0
}

# Two hosts, of which the second has a VM of another name, and a third that is cut.
setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return
	"$s2ctl" --from "$fixtures/two.json" snapshot > host-1.json
	sed 's/5d0a3c1e-1111/5d0a3c1e-2222/; s/"name":"web"/"name":"other"/' \
		host-1.json > host-2.json
	sed 's/5d0a3c1e-1111/5d0a3c1e-3333/; 3,4d' host-1.json > host-3.json
	PATH=$(dirname "$s2ctl"):$PATH
	first=5d0a3c1e-1111-4222-8333-944445555666
	second=5d0a3c1e-2222-4222-8333-944445555666
	third=5d0a3c1e-3333-4222-8333-944445555666
	bash -c "$(documented 'cat host')"
}

@test "jq: device memory by host, and which snapshots are not whole" {
	command -v jq > /dev/null || skip "jq is not installed"
	asked device_bytes
	[[ $output == "$first	web	0
$first		2097152
$second	other	0
$second		2097152
$third	web	0" ]]
	asked 'whole:'
	[[ $output == "$third" ]]
}

@test "jq: one host of several is taken out, and read" {
	command -v jq > /dev/null || skip "jq is not installed"
	command=$(documented 's2ctl --from -')
	run --separate-stderr bash -c "$command"
	expect_status 2
	taken=$output
	s2 --from "$fixtures/two.json" audit
	[[ $output == "$taken" ]]
}

@test "DuckDB: memory by type and host" {
	NODE_MODULES=$("$root/lab/node-tools" 2> reason) || skip "$(cat reason)"
	export NODE_MODULES
	PATH=$BATS_TEST_DIRNAME:$PATH
	asked duckdb
	[[ ${lines[0]} == boot_id,mapped,bytes ]]
	printf '%s\n' "${lines[@]:1}" > got
	python3 - <<- 'END' > want
	import json
	sums = {}
	for name in "123":
	    for line in map(json.loads, open(f"host-{name}.json")):
	        for extent in line["record"] == "vm" and line["extents"] or ():
	            key = line["boot_id"], extent["mapped"] or "~"
	            sums[key] = sums.get(key, 0) + extent["bytes"]
	for (boot, mapped), value in sorted(sums.items()):
	    print(boot, mapped.strip("~"), value, sep=",")
	END
	cat got
	diff want got
}
