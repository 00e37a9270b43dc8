# SPDX-License-Identifier: GPL-2.0-only
# enforce, as far as that goes without a kernel that has policies; tests/lab/enforce
# has the rest.

load common

setup_file() {
	use_sanitizers
}

good='{ "format_version": 1, "rules": [ { "id": "a", "match": { "class": ["io"] },
  "constraints": ["noexec"], "mode": "audit" } ] }'

@test "refused without support, and nothing is written" {
	s2 policy get
	[[ $status -eq 3 ]] || skip "this kernel has policies"
	echo "$good" > policy.json
	s2 enforce --metrics=s2ctl.prom policy.json
	expect_status 3
	[[ -z $output && ! -e s2ctl.prom ]]
	expect_one_line "no policies"
}

@test "a policy that is wrong, or not there, at the beginning" {
	echo '{' > policy.json
	s2 enforce policy.json
	expect_status 1
	expect_one_line "policy.json"
	s2 enforce nowhere
	expect_status 1
	expect_one_line "nowhere"
}

@test "what is said of a service that has stopped" {
	s2 enforce --stopped --metrics=s2ctl.prom
	expect_status 0
	[[ -z $output && -z $stderr ]]
	[[ $(grep -v '^#' s2ctl.prom) == "s2ctl_enforce_up 0" ]]
	[[ $(stat -c %a s2ctl.prom) == 644 ]]
	s2 enforce --stopped --metrics=/nonexistent/s2ctl.prom
	expect_status 1
	expect_one_line "/nonexistent/s2ctl.prom"
}

@test "wrong usage" {
	s2 --from "$fixtures/two.json" enforce
	expect_usage "snapshot"
	s2 enforce --json
	expect_usage "no JSON"
	s2 enforce -
	expect_usage "not '-'"
	s2 enforce --stopped
	expect_usage "goes with --metrics"
}

# The messages that the program has, and those that the catalog explains
@test "every message is in the catalog, with an id of its own" {
	program=$(grep -o '"[0-9a-f]\{32\}"' "$root/cli/enforce/log.c" | tr -d '"')
	[[ $(wc -l <<< "$program") -eq 13 ]]
	[[ -z $(sort <<< "$program" | uniq -d) ]]
	diff <(echo "$program") <(sed -n 's/^-- //p' \
		"$root/packaging/systemd/s2ctl.catalog")
	command -v journalctl > /dev/null || skip "journalctl is not installed"
	mkdir -p root/usr/lib/systemd/catalog root/var/lib/systemd/catalog
	cp "$root/packaging/systemd/s2ctl.catalog" root/usr/lib/systemd/catalog
	journalctl --root="$PWD/root" --update-catalog
	[[ $(journalctl --root="$PWD/root" --list-catalog | wc -l) -eq 13 ]]
}

@test "the unit is what systemd understands, and has little to attack" {
	command -v systemd-analyze > /dev/null || skip "systemd is not installed"
	sed "s|@bindir@|$(dirname "$s2ctl")|" \
		"$root/packaging/systemd/s2ctl-enforce.service" \
		> s2ctl-enforce.service
	run systemd-analyze verify --man=no ./s2ctl-enforce.service
	[[ $output != *s2ctl-enforce* ]] || {
		echo "$output"
		return 1
	}
	run systemd-analyze security --offline=true --threshold=30 \
		./s2ctl-enforce.service
	expect_status 0
}
