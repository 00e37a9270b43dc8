# SPDX-License-Identifier: GPL-2.0-only
# The HTML report: what a validator says of it, and how a browser shows it.

load common

setup_file() {
	use_sanitizers
}

html() {
	s2 "$@" --format=html
	printf '%s\n' "$output" > out.html
}

check() {
	python3 "$root/tests/cli/check-html" "$@"
}

# Chromium without a window; as root it must do without its sandbox.
browser() {
	command -v chromium > /dev/null || skip "chromium is not installed"
	HOME=$PWD timeout 1800 chromium --headless=new --no-sandbox --disable-gpu \
		--hide-scrollbars --disable-background-networking \
		--user-data-dir="$PWD/profile" "$@" 2> browser.log || {
		cat browser.log
		return 1
	}
}

make_incomplete() {
	python3 "$root/tests/cli/edit" "$fixtures/report.json" "
d['vms'][1]['extents'][0]['perm'] = None
d['vms'][1]['extents'][4]['mapped'] = None
d['vms'][2]['extents'] = None
d['vms'][2]['slots'] = None" > part.json
}

@test "valid HTML and CSS, says the Nu Html Checker in its report" {
	node=$("$root/lab/node-tools" 2> reason) || skip "$(cat reason)"
	command -v java > /dev/null || skip "java is not installed"
	html --from "$fixtures/report.json" audit
	mv out.html a.html
	make_incomplete
	html --from part.json audit
	mv out.html b.html
	sed 's/<h1>/<h1 id="findings"><p>/' a.html > bad.html
	java -jar "$node/vnu-jar/build/dist/vnu.jar" --format json --stdout \
		--exit-zero-always a.html b.html bad.html > report.vnu
	python3 - <<- 'END'
	import json
	report = json.load(open("report.vnu"))
	bad = [m for m in report["messages"] if m["url"].endswith("/bad.html")]
	other = [m for m in report["messages"] if m not in bad]
	assert any(m["type"] == "error" for m in bad), "it finds nothing"
	assert not other, other
	END
}

@test "no script, nothing from elsewhere, and a policy that says so" {
	for file in report two; do
		html --from "$fixtures/$file.json" audit
		check closed out.html
	done
}

@test "colours can be told from each other, in both schemes and on paper" {
	html --from "$fixtures/two.json" audit
	check contrast out.html
}

@test "in a browser: the elements are there, and what an owner wrote is text" {
	html --from "$fixtures/report.json" audit \
		--rule S2-002,S2-003,S2-005,S2-006
	expect_status 2
	browser --dump-dom "file://$PWD/out.html" > dom.html
	check closed dom.html
	# VM 8 has S2-002 three times, S2-005 twice, S2-003 and S2-006; VM 7 has
	# S2-002.  VM 9 has no slot.
	check dom dom.html \
		'count("article", "rule") == 4' \
		'[i for i in ids if i.startswith("rule-")] == ["rule-S2-005", "rule-S2-006", "rule-S2-002", "rule-S2-003"]' \
		'count("details", "explain") == 4' \
		'count("details", "evidence") == 8' \
		'count("details", "vm") == 3' \
		'count("svg", "map") == 2' \
		'count("section", "banner") == 0' \
		'count("table", "slots") == 2' \
		'"8 open findings, the worst high." in words' \
		'"no: wb is weak" in words' \
		'"Have the guest map the range execute-never." in text("rule-S2-005")' \
		'"Nothing to draw: no slot." in text("vm-9")' \
		'"<script>alert('\''7'\'')</script> \"q\" & \\ {0}" in text("vm-7")' \
		'"<img src=x onerror=alert(7)>" in text("vm-7")' \
		'"vm\\xe2\\x80\\xaegpj" in text("vm-7")' \
		'count("script") == 0 and count("img") == 0'
}

@test "the picture: regions, gaps, types and words for it" {
	html --from "$fixtures/report.json" audit 8
	# RAM, PFNMAP memory, BARs, and pages of two types in turn: 4 regions.
	# 2G at 1G, then at 4G: 1G between them.
	check dom out.html \
		'count("rect", "frame") == 4' \
		'count("line", "gap") == 6' \
		'"1G without a slot" in words' \
		'text("map-1-title") == "Guest memory by type, 4 regions"' \
		'text("map-1-text").startswith("2G from 0x40000000 to 0xbfffffff: 512M wb, 1.5G unmapped. 16M from 0x100000000 to 0x100ffffff: 4M wb, 12M unmapped. 272.1M from 0x8000000000 to 0x801100ffff: 256M nc, 16.1M device. 32K from 0x10000000000 to 0x10000007fff: 16K wb, 16K nc.")'
	# The first bar: a quarter is wb, three quarters are not mapped.
	python3 - <<- 'END'
	import re
	page = open("out.html", encoding="utf-8").read()
	rects = re.findall(r'<rect class="seg ([a-z ]+)" y="20" height="22" x="([0-9.]+)%" width="([0-9.]+)%"><title>([^<]*)', page)
	assert rects == [
	    ("wb", "0.00", "25.00", "0x40000000 to 0x5fffffff: wb, 512M"),
	    ("unmapped", "25.00", "75.00", "0x60000000 to 0xbfffffff: unmapped, 1.5G"),
	], rects
	END
}

@test "what is not known: a banner, and no guess" {
	make_incomplete
	html --from part.json audit
	expect_status 3
	check closed out.html
	check dom out.html \
		'count("section", "banner") == 1' \
		'"What is missing here may hide a finding." in words' \
		'"Nothing to draw: its extents are not known." in text("vm-9")' \
		'"Its slots are not known." in text("vm-9")' \
		'"not known" in text("map-2-text")'
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
d['vms'] = []
d['host']['vm_count'] = 0" > none.json
	html --from none.json audit
	expect_status 0
	check dom out.html '"No findings." in words' \
		'"No open findings." in words' '"No virtual machines." in words'
}

@test "in a browser: light and dark" {
	html --from "$fixtures/report.json" audit
	browser --blink-settings=preferredColorScheme=1 --window-size=1000,1600 \
		--screenshot=light.png "file://$PWD/out.html"
	browser --blink-settings=preferredColorScheme=0 --window-size=1000,1600 \
		--screenshot=dark.png "file://$PWD/out.html"
	check png light.png dark.png
}

@test "in a browser: it prints, with what is folded" {
	command -v pdftotext > /dev/null || skip "pdftotext is not installed"
	html --from "$fixtures/report.json" audit
	browser --blink-settings=preferredColorScheme=0 --no-pdf-header-footer \
		--print-to-pdf=out.pdf "file://$PWD/out.html"
	pages=$(pdfinfo out.pdf | sed -n 's/^Pages: *//p')
	((pages >= 3 && pages <= 10))
	pdftotext -layout out.pdf out.txt
	for words in "Memory types of KVM guests" "S2-006" "What to do:" \
		"without a slot" "gpu-node" "vfio-pci" "execute-never"; do
		grep -qF -e "$words" out.txt || {
			echo "not printed: $words"
			return 1
		}
	done
	# Paper is white although the screen is dark.
	pdftoppm -r 40 -f 1 -l 1 -png out.pdf page
	check paper page*.png
}

@test "many VMs are folded, many regions are counted" {
	python3 "$root/tests/cli/edit" "$fixtures/two.json" "
v = d['vms'][1]
e = v['extents'][0]
v['extents'] = [dict(e, gpa=0x10000000 + i * 0x100000, bytes=4096, hpa=None)
    for i in range(60)]
d['vms'] = [dict(v, id=i) for i in range(1, 10)]
d['host']['last_vm_id'] = 9
d['host']['vm_count'] = 9" > many.json
	html --from many.json audit
	check closed out.html
	check dom out.html 'count("svg", "map") == 9' \
		'count("rect", "frame") == 9 * 48' \
		'"12 more regions are not drawn." in words' \
		'not [e for e in find("details", "vm") if "open" in e["attrs"]]'
}
