# SPDX-License-Identifier: GPL-2.0-only
# Prometheus' text format: promtool's opinion, and what the samples say.

load common

setup_file() {
	use_sanitizers
}

metrics() {
	s2 "$@" --format=prometheus
	printf '%s\n' "$output" > out.prom
}

# LINE...: each is there, as it is, once.
has() {
	for line; do
		[[ $(grep -cFx -e "$line" out.prom) -eq 1 ]] || {
			echo "not there, or twice: $line"
			return 1
		}
	done
}

# promtool says nothing: a warning of its lint is one line, with status 3.
lint() {
	command -v promtool > /dev/null || skip "promtool is not installed"
	run --separate-stderr promtool check metrics < out.prom
	[[ $status -eq 0 && -z $output && -z $stderr ]] || {
		echo "status $status: $output $stderr"
		return 1
	}
}

@test "promtool has nothing to say" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = []
d['host']['vm_count'] = 0" > none.json
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['extents'][0]['perm'] = None
d['host']['fwb'] = None
d['host']['features'] = None
d['policies'] = None" > part.json
	for file in "$fixtures/two.json" "$fixtures/report.json" none.json part.json; do
		metrics --from "$file" audit
		[[ -s out.prom ]]
		lint
	done
}

@test "promtool is heard: a counter's name, and a metric without help" {
	command -v promtool > /dev/null || skip "promtool is not installed"
	metrics --from "$fixtures/two.json" audit
	sed 's/s2ctl_faults_denied_total/s2ctl_faults_denied/' out.prom > bad.prom
	run --separate-stderr promtool check metrics < bad.prom
	[[ $status -ne 0 && "$output$stderr" == *_total* ]]
	sed 's/^# HELP s2ctl_vms /# s2ctl_vms /' out.prom > bad.prom
	run --separate-stderr promtool check metrics < bad.prom
	[[ $status -ne 0 && "$output$stderr" == *help* ]]
}

@test "every family has HELP and TYPE, once, before its samples" {
	metrics --from "$fixtures/report.json" audit
	python3 - <<- 'END'
	import re
	family, seen = None, []
	for line in open("out.prom", encoding="utf-8"):
	    if line.startswith("# HELP "):
	        family = line.split()[2]
	        assert family not in seen, family
	        seen.append(family)
	        assert len(line.split()) > 5
	        typed = False
	    elif line.startswith("# TYPE "):
	        assert line.split()[2] == family and not typed
	        kind = line.split()[3]
	        assert kind == ("counter" if family.endswith("_total") else "gauge")
	        typed = True
	    else:
	        assert typed and re.match(family + r"[ {]", line), line
	assert len(seen) == 13, seen
	lines = open("out.prom", encoding="utf-8").read().splitlines()
	series = [l.rsplit(" ", 1)[0] for l in lines if not l.startswith("#")]
	assert len(series) == len(set(series)), "a sample is there twice"
	END
}

@test "findings by rule, severity and waiver; none is zero" {
	metrics --from "$fixtures/two.json" audit
	expect_status 2
	has 's2ctl_findings{rule="S2-003",severity="low",waived="false"} 1' \
		's2ctl_findings{rule="S2-003",severity="high",waived="false"} 0' \
		's2ctl_findings{rule="S2-006",severity="medium",waived="false"} 1' \
		's2ctl_findings{rule="S2-006",severity="medium",waived="true"} 0' \
		's2ctl_findings{rule="S2-005",severity="high",waived="false"} 0' \
		's2ctl_audit_complete 1' \
		's2ctl_audit_timestamp_seconds 1774958400' \
		's2ctl_vms 2'
	# VM 8 alone has four of low severity: two of S2-002 would be for slots 0
	# and 1, and slot 5 has wb pages as well.
	metrics --from "$fixtures/report.json" audit 8
	has 's2ctl_findings{rule="S2-002",severity="low",waived="false"} 3' \
		's2ctl_findings{rule="S2-005",severity="high",waived="false"} 1' \
		's2ctl_findings{rule="S2-005",severity="low",waived="false"} 1' \
		's2ctl_vms 1'
}

@test "the host: facts, features, and the mode of each class" {
	metrics --from "$fixtures/report.json" audit
	has 's2ctl_host_feature{feature="policy"} 1' \
		's2ctl_host_policy{class="ram",mode="audit"} 1' \
		's2ctl_host_policy{class="ram",mode="enforce"} 0' \
		's2ctl_host_policy{class="io",mode="enforce"} 1' \
		's2ctl_host_policy{class="hole",mode="none"} 1'
	grep -q '^s2ctl_host_info{.*boot_id="5d0a3c1e-1111-4222-8333-944445555666".*fwb="false".*dic="true".*} 1$' out.prom
}

@test "VMs: bytes by type, and faults by class, once" {
	metrics --from "$fixtures/report.json" audit
	# Slots of VM 8: 512M + 4M + 16K wb, 256M + 16K nc, 16M + 64K device;
	# 512M + 4M + 64K executable.
	has 's2ctl_vm_bytes{vm="8",type="wb"} 541081600' \
		's2ctl_vm_bytes{vm="8",type="nc"} 268451840' \
		's2ctl_vm_bytes{vm="8",type="device"} 16842752' \
		's2ctl_vm_executable_bytes{vm="8"} 541130752' \
		's2ctl_vm_slots_bytes{vm="7"} 67108864' \
		's2ctl_faults_denied_total{vm="8",class="ram"} 5' \
		's2ctl_faults_denied_total{vm="8",class="io-nc"} 2' \
		's2ctl_faults_would_deny_total{vm="8",class="io-nc"} 30' \
		's2ctl_vm_info{vm="8",name="gpu-node",uuid="c0ffee00-0000-4000-8000-000000000008",command="qemu-system-aar"} 1' \
		's2ctl_vm_info{vm="9",name="",uuid="",command="vmm"} 1'
}

@test "labels are escaped" {
	metrics --from "$fixtures/report.json" audit 7
	has "s2ctl_vm_info{vm=\"7\",name=\"<script>alert('7')</script> \\\"q\\\" & \\\\ {0} [go](https://evil.example/)\",uuid=\"'\\\"><img src=x onerror=alert(7)>\",command=\"vm\\\\xe2\\\\x80\\\\xaegpj\"} 1"
	lint
}

@test "what is not known has no sample, and the audit is not complete" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'][0]['extents'][0]['perm'] = None
d['vms'][0]['policies'] = None
d['host']['features'] = None
d['policies'] = None" > part.json
	metrics --from part.json audit
	expect_status 3
	has 's2ctl_audit_complete 0'
	refute grep -q '^s2ctl_host_policy' out.prom
	refute grep -q '^s2ctl_host_feature' out.prom
	refute grep -q '^s2ctl_faults_denied_total{vm="1"' out.prom
}
