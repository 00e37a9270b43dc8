# SPDX-License-Identifier: GPL-2.0-only
# SARIF: against its schema, against a validator of others, and what it says.

load common

setup_file() {
	use_sanitizers
}

# $node: what lab/node-tools has.
need_node_tools() {
	node=$("$root/lab/node-tools" 2> reason) || skip "$(cat reason)"
	multitool=$node/@microsoft/sarif-multitool-linux
}

# Run s2ctl audit --format=sarif; out.sarif is kept.
sarif() {
	s2 "$@" --format=sarif
	printf '%s' "$output" > out.sarif
}

# EXPRESSION...: true of the run r in out.sarif.
says() {
	python3 - "$@" <<- 'END'
	import json, sys
	r = json.load(open("out.sarif"))["runs"][0]
	driver = r["tool"]["driver"]
	results = r["results"]
	for expression in sys.argv[1:]:
	    if not eval(expression):
	        sys.exit(f"not so: {expression}")
	END
}

# What the validator reports on these files.
validator() {
	[[ $(uname -m) == x86_64 ]] ||
		skip "the validator is a program for x86-64"
	DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 HOME=$PWD \
		"$multitool/Sarif.Multitool" validate "$@" \
		--rule-kind 'Sarif;Ghas' --output report.sarif \
		--log ForceOverwrite > validator.log || {
		cat validator.log
		return 1
	}
	python3 "$root/tests/cli/check-sarif" report report.sarif
}

make_inputs() {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['extents'][0]['perm'] = None" > incomplete.json
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = []
d['host']['vm_count'] = 0" > none.json
	for name in none incomplete; do
		sarif --from $name.json audit
		mv out.sarif $name.sarif
	done
	sarif --from "$fixtures/two.json" audit
	mv out.sarif two.sarif
	mkdir -p "a site"
	cat > "a site/p.json" <<- 'END'
	{
	  "format_version": 1,
	  "rules": [
	    { "id": "match", "match": { "class": ["io-nc"] },
	      "constraints": ["match-vma"], "mode": "enforce" }
	  ]
	}
	END
	sarif --from "$fixtures/two.json" audit --policy "a site"
	mv out.sarif site.sarif
	sarif --from "$fixtures/report.json" audit
	mv out.sarif report-json.sarif
	s2 --from "$fixtures/report.json" audit --format=sarif --pretty
	printf '%s' "$output" > pretty.sarif
}

@test "the schema of SARIF 2.1.0" {
	need_node_tools
	make_inputs
	for file in none incomplete two site report-json pretty; do
		python3 "$root/tests/cli/check-sarif" schema \
			"$multitool/sarif-2.1.0.json" $file.sarif
	done
	# The check can fail.
	sed 's/"level":"note"/"level":"bad"/' two.sarif > bad.sarif
	refute python3 "$root/tests/cli/check-sarif" schema \
		"$multitool/sarif-2.1.0.json" bad.sarif
}

@test "a validator of others: what its report says, whatever its exit status" {
	need_node_tools
	make_inputs
	sed 's/"level":"note"/"levle":"note"/' two.sarif > bad-key.sarif
	refute cmp -s two.sarif bad-key.sarif
	sed 's/"ruleIndex":[0-9]*/"ruleIndex":99/' two.sarif > bad-index.sarif
	refute cmp -s two.sarif bad-index.sarif
	validator none.sarif incomplete.sarif two.sarif site.sarif report-json.sarif \
		bad-key.sarif bad-index.sarif > found
	cat found
	# It finds what is wrong.
	grep -q '^bad-key.sarif JSON1005 error .*levle' found
	grep -q '^bad-index.sarif SARIF1.* error ' found
	# s2ctl has no home page that could be named.  That this is said shows
	# that the validator has looked.
	for file in none incomplete two site report-json; do
		[[ $(grep "^$file.sarif " found) == \
			"$file.sarif SARIF2005 warning runs[0].tool.driver s2ctl" ]]
	done
}

@test "the tool, its rules, and what a problem is" {
	sarif --from "$fixtures/two.json" audit
	expect_status 2
	says 'driver["name"] == "s2ctl"' \
		'driver["semanticVersion"].count(".") == 2' \
		'"informationUri" not in driver' \
		'[x["id"] for x in driver["rules"]] == sorted(x["id"] for x in driver["rules"])' \
		'all(x["help"]["text"] and x["help"]["markdown"] for x in driver["rules"])' \
		'all(x["shortDescription"]["text"].endswith(".") for x in driver["rules"])' \
		'{x["id"]: x for x in driver["rules"]}["S2-003"]["defaultConfiguration"]["level"] == "error"' \
		'{x["id"]: x for x in driver["rules"]}["S2-006"]["defaultConfiguration"]["level"] == "warning"' \
		'{x["id"]: x for x in driver["rules"]}["S2-002"]["defaultConfiguration"]["level"] == "note"' \
		'{x["id"]: x for x in driver["rules"]}["S2-003"]["properties"]["security-severity"] == "8.0"' \
		'{x["id"]: x for x in driver["rules"]}["S2-006"]["properties"]["security-severity"] == "5.5"' \
		'{x["id"]: x for x in driver["rules"]}["S2-002"]["properties"]["security-severity"] == "2.0"' \
		'"no-privilege" in [x["id"] for x in driver["notifications"]]'
}

@test "each result: rule, level, message, places, evidence" {
	sarif --from "$fixtures/two.json" audit --rule S2-003,S2-006
	# As in audit.bats: S2-006 of VM 2, medium, and S2-003 of VM 1, low.
	says 'len(results) == 2' \
		'results[0]["ruleId"] == "S2-006"' \
		'results[0]["level"] == "warning"' \
		'results[1]["ruleId"] == "S2-003"' \
		'results[1]["level"] == "note"' \
		'all(driver["rules"][x["ruleIndex"]]["id"] == x["ruleId"] for x in results)' \
		'results[0]["message"]["text"] == "VM 2, slot 3, 0x10000000: prefetchable BAR 2 of 0000:00:03.0 is mapped device."' \
		"results[1]['message']['text'] == \"VM 1 'web', slot 1, 0x800000000: mapped nc, but device in the VMM.\"" \
		'results[1]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "S2-003.md", "uriBaseId": "S2CTL_RULES"}' \
		'results[1]["locations"][0]["physicalLocation"]["region"]["startLine"] == 1' \
		'r["originalUriBaseIds"]["S2CTL_RULES"]["uri"].startswith("file:///")' \
		'r["originalUriBaseIds"]["S2CTL_RULES"]["uri"].endswith("/doc/s2ctl/rules/")' \
		'results[1]["locations"][0]["logicalLocations"][0]["name"] == "web"' \
		'results[1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "vm/c0ffee00-0000-4000-8000-000000000001/slot/1"' \
		'results[0]["locations"][0]["logicalLocations"][0]["name"] == "VM 2"' \
		'results[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "vm/2/slot/3"' \
		'results[0]["properties"]["bytes"] == 2097152' \
		'results[0]["properties"]["evidence"]["prefetchable"] is True' \
		'results[0]["properties"]["evidence"]["facts"] == ["vma", "vm-io", "vm-pfnmap", "pfn", "fwb", "dic"]' \
		'"driver" not in results[0]["properties"]["evidence"]' \
		'not any("suppressions" in x for x in results)'
}

# io-nc memory of VM 1 is nc, and device in the VMM
@test "what is against the site policy is in its file, where the rule stands" {
	make_inputs
	for path in "a site/p.json" "$PWD/a site" "$PWD/a site/p.json"; do
		sarif --from "$fixtures/two.json" audit --policy "$path"
		says 'len([x for x in results if x["ruleId"] == "S2-009"]) == 2' \
			'{x["locations"][0]["physicalLocation"]["region"]["startLine"] for x in results if x["ruleId"] == "S2-009"} == {4}' \
			'all("uriBaseId" not in x["locations"][0]["physicalLocation"]["artifactLocation"] for x in results if x["ruleId"] == "S2-009")'
		uri=$(python3 -c 'import json
print({x["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
       for x in json.load(open("out.sarif"))["runs"][0]["results"]
       if x["ruleId"] == "S2-009"})')
		case $path in
		/*) [[ $uri == "{'file://$PWD/a%20site/p.json'}" ]] ;;
		*) [[ $uri == "{'a%20site/p.json'}" ]] ;;
		esac
		says 'results[0]["ruleId"] == "S2-009" or "S2CTL_RULES" in json.dumps(results[0])'
	done
	# Standard input is no place.
	sarif --from "$fixtures/two.json" audit --policy - < "a site/p.json"
	says 'all(x["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] == "S2CTL_RULES" for x in results)'
}

@test "the run: which host and boot, when, and that all is known" {
	sarif --from "$fixtures/two.json" audit
	says 'r["automationDetails"]["id"] == "s2ctl-audit/5d0a3c1e-1111-4222-8333-944445555666"' \
		'r["invocations"][0]["executionSuccessful"] is True' \
		'r["invocations"][0]["endTimeUtc"] == "2026-03-31T12:00:00Z"' \
		'r["invocations"][0]["toolExecutionNotifications"] == []' \
		'r["properties"]["fwb"] is True'
}

@test "what is not known is a notification" {
	make_inputs
	cp incomplete.sarif out.sarif
	says 'r["invocations"][0]["executionSuccessful"] is False' \
		'len(r["invocations"][0]["toolExecutionNotifications"]) == 1' \
		'"S2-005" in r["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]' \
		'r["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"] == "facts-missing"' \
		'driver["notifications"][r["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["index"]]["id"] == "facts-missing"'
}

@test "a name makes neither a link nor a placeholder" {
	sarif --from "$fixtures/report.json" audit --rule S2-002 7
	expect_status 0
	says 'len(results) == 1' \
		'results[0]["message"]["text"].count("\\[go\\]") == 1' \
		'"{{0}}" in results[0]["message"]["text"]' \
		'"& \\\\ {{0}}" in results[0]["message"]["text"]' \
		'"\u202e" not in json.dumps(r, ensure_ascii=False)'
}

@test "pretty or not, it says the same" {
	make_inputs
	python3 -c '
import json
assert json.load(open("pretty.sarif")) == json.load(open("report-json.sarif"))'
	[[ $(wc -l < report-json.sarif) -le 1 && $(wc -l < pretty.sarif) -gt 500 ]]
}
