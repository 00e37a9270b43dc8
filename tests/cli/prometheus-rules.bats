# SPDX-License-Identifier: GPL-2.0-only
# Rules and dashboard: what promtool says, and what it does not look at.

load common

at=packaging/prometheus

check_rules() {
	run --separate-stderr "$root/tests/cli/check-rules" "$@"
	[[ $status -eq 0 && -z $stderr ]] || {
		echo "status $status: $output $stderr"
		return 1
	}
}

# Nothing is what check-rules is to print.
silent() {
	check_rules "$@"
	[[ -z $output ]] || {
		echo "$output"
		return 1
	}
}

# promtool's tests of other rules than ours, in which SED has changed something
tested_with() {
	cp "$root/$at"/*.test.yml .
	sed "$1" "$root/$at/s2ctl.rules.yml" > s2ctl.rules.yml
	refute cmp -s s2ctl.rules.yml "$root/$at/s2ctl.rules.yml"
	promtool check rules s2ctl.rules.yml
	run promtool test rules s2ctl.rules.test.yml
}

needs_promtool() {
	command -v promtool > /dev/null || skip "promtool is not installed"
}

@test "promtool has nothing to say about the rules" {
	needs_promtool
	run promtool check rules "$root/$at/s2ctl.rules.yml"
	[[ $status -eq 0 && $output == *SUCCESS* && $output != *uplicate* ]]
}

@test "each rule does in promtool's tests what was worked out by hand" {
	needs_promtool
	run promtool test rules "$root/$at"/*.test.yml
	echo "$output"
	[[ $status -eq 0 && $(grep -c SUCCESS <<< "$output") -eq 2 ]]
}

@test "these tests see what nearly fires" {
	needs_promtool
	tested_with 's/:delta1h > 2$/:delta1h > 1/'
	[[ $status -ne 0 && $output == *S2EnforceRecovers* ]]
	tested_with '/boot_id) (s2ctl_host_info)/d; /^ *\* on (job, instance) group_left (boot_id)/d; s/sum without (boot_id) (clamp_min/(clamp_min/'
	[[ $status -ne 0 && $output == *S2FaultsDenied* ]]
}

@test "every alert fires in a test that has it silent too, and says what to run" {
	silent alerts "$root/$at/s2ctl.rules.yml" "$root/$at"/*.test.yml
	# It is seen where one is missing.
	sed 's/alertname: S2AuditIncomplete/alertname: S2Another/' \
		"$root/$at/s2ctl.rules.test.yml" > less.yml
	check_rules alerts "$root/$at/s2ctl.rules.yml" less.yml
	[[ $output == "S2AuditIncomplete: "* ]]
}

@test "rules and dashboard name no metric that docs/formats.md has not" {
	silent metrics "$root/$at/s2ctl.rules.yml" "$root/$at/s2ctl-dashboard.json"
	sed 's/s2ctl_vms)/s2ctl_guests)/' "$root/$at/s2ctl.rules.yml" > other.yml
	check_rules metrics other.yml
	[[ $output == "other.yml: s2ctl_guests" ]]
}

@test "docs/formats.md has the metrics of an audit, and those of the service" {
	s2 --from "$fixtures/report.json" audit --format=prometheus
	sed -n 's/^# TYPE \(s2ctl_[a-z_]*\) .*/\1/p' <<< "$output" | sort > audit
	sed -n 's/^| `\(s2ctl_[a-z_]*\)` |.*/\1/p' "$root/docs/formats.md" | sort > documented
	diff audit <(grep -v '^s2ctl_enforce_' documented)
	grep -o 's2ctl_enforce_[a-z_]*' "$root/cli/enforce/metrics.c" | sort > service
	[[ $(wc -l < service) -eq 6 ]]
	diff service <(grep '^s2ctl_enforce_' documented)
	# What is written when it has ended is that it has, and nothing else.
	"$s2ctl" enforce --stopped --metrics=stopped.prom
	diff <(echo s2ctl_enforce_up 0) <(grep -v '^#' stopped.prom)
}

@test "the guide has every alert" {
	sed -n 's/^ *- alert: //p' "$root/$at/s2ctl.rules.yml" | sort > rules
	sed -n 's/^| `\(S2[A-Za-z]*\)` |.*/\1/p' "$root/docs/guides/monitoring.md" | sort > guide
	[[ -s rules ]]
	diff rules guide
}

@test "promtool can read every expression of the dashboard" {
	needs_promtool
	check_rules dashboard "$root/$at/s2ctl-dashboard.json"
	printf '%s\n' "$output" > dashboard.yml
	run promtool check rules dashboard.yml
	echo "$output"
	[[ $status -eq 0 && $output == *SUCCESS* ]]
	sed 's/sum(/sum((/' dashboard.yml > bad.yml
	refute promtool check rules bad.yml
}

@test "the dashboard takes its data source and hosts from variables" {
	silent grafana "$root/$at/s2ctl-dashboard.json"
}
