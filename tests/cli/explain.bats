# SPDX-License-Identifier: GPL-2.0-only
# s2ctl explain; what two stages make was worked out by hand from DDI 0487.

load common

@test "a rule, with severity, reasons and remedy" {
	s2 explain S2-006
	expect_status 0
	[[ $output == "S2-006 (rule)"*means*severity*medium*because*remedy* ]]
	first=$output
	s2 explain s2-006
	[[ $output == "$first" ]]
}

@test "a word of several kinds, and several words" {
	s2 explain mixed
	expect_status 0
	[[ $output == *"(type)"*"(class)"*"(verdict)"*"(reason)"* ]]
	s2 explain wb io-nc
	expect_status 0
	[[ $output == *"wb (type)"*"io-nc (class)"* ]]
}

@test "without a word, all of them" {
	s2 explain
	expect_status 0
	for word in S2-002 S2-003 S2-005 S2-006 wb nc device ram io io-nc \
		allow map-memory any-uncached vm-pfnmap; do
		grep -q "^  $word " <<< "$output"
	done
}

@test "every word that show and audit print" {
	for word in $("$s2ctl" --from "$fixtures/two.json" show -n -r \
		-o CLASS,PREDICTED,MAPPED,VERDICT,REASON | tr ' ' '\n' | sort -u) \
		$("$s2ctl" --from "$fixtures/two.json" audit -n -r -o RULE); do
		s2 explain "$word"
		expect_status 0
	done
}

@test "every word of the kernel's interface, asked by its name there" {
	words=$(sed -n 's/^\tKVM_S2_\(TYPE\|CLASS\|VERDICT\|REASON\|FACT\)_\([A-Z_]*\)[\t ]*=.*/\L\1 \2/p' \
		"$root/uapi/linux/kvm_s2_types.h" | tr _ - | grep -v ' unknown$')
	words+=$'\n'$(sed -n 's/^\tKVM_S2_\(FEATURE\)_\([A-Z_]*\)[\t ]*=.*/\L\1 \2/p' \
		"$root/uapi/linux/kvm_s2.h" | tr _ -)
	[[ $(wc -l <<< "$words") -gt 50 ]]
	while read -r kind word; do
		s2 explain "$word"
		expect_status 0
		grep -qx "$word ($kind)" <<< "$output" || {
			echo "no $kind '$word'"
			return 1
		}
	done <<< "$words"
}

@test "every word has a meaning and an explanation, for people and in JSON" {
	s2json explain -j
	expect_status 0
	[[ -z $stderr ]]
	python3 - <<- 'END'
	import json
	words = json.load(open("out.json"))["words"]
	assert len(words) > 100
	for w in words:
	    assert w["summary"] and len(w["text"]) > 19, w
	kinds = {w["kind"] for w in words}
	# Each kind is itself a word.
	assert kinds == {"term"} | {w["word"] for w in words
	                            if w["kind"] == "term"} & kinds, kinds
	# The schema knows all words that a document can hold.
	END
	s2 explain
	python3 - "$output" <<- 'END'
	import json, sys
	listed = [l.split()[0] for l in sys.argv[1].splitlines()
	          if l.startswith("  ") and l[2] != " "]
	words = [w["word"] for w in json.load(open("out.json"))["words"]]
	assert listed == words, set(words) ^ set(listed)
	END
}

@test "every word of the schema" {
	words=$(python3 - "$root/lib/schema/s2ctl-1.schema.json" <<- 'END'
	import json, sys
	def walk(node):
	    if isinstance(node, dict):
	        yield from node.get("enum", [])
	        for child in node.values():
	            yield from walk(child)
	    elif isinstance(node, list):
	        for child in node:
	            yield from walk(child)
	schema = json.load(open(sys.argv[1]))
	print(*sorted({w for w in walk(schema["definitions"]) if w}))
	END
	)
	[[ $words == *io-vma* && $words == *map-only* ]]
	for word in $words; do
		s2 explain "$word"
		expect_status 0
	done
}

@test "a term: what it is, and its words" {
	s2 explain type
	expect_status 0
	[[ $output == "type (term)"*"words     wb nc device mixed unmapped" ]]
	s2 explain reason
	[[ $output == *cacheable-vma*io-vma*not-flushable* ]]
}

@test "what drivers must know to have memory taken for memory" {
	s2 explain io-vma
	[[ $output == *remap_pfn_range*VM_IO*vmf_insert_pfn* ]]
	s2 explain pfnmap-wb
	[[ $output == *FEAT_S2FWB*DIC*vmf_insert_pfn* ]]
	s2 explain map-only
	[[ $output == *kvm-arm.s2_memtype=map* ]]
}

@test "JSON of words, also of one that stands in several kinds" {
	s2json explain -j S2-005 mixed
	expect_status 0
	holds \
		kind '"explain"' \
		host null \
		complete true \
		combination null \
		words.0.word '"S2-005"' \
		words.0.kind '"rule"' \
		words.0.severity '"high"' \
		words.1.kind '"type"' \
		words.4.kind '"reason"' \
		words.4.severity null
	s2json explain -p mixed
	[[ $(wc -l < out.json) -gt 10 ]]
}

# STAGE1 STAGE2 FWB EFFECTIVE UNALIGNED DC_ZVA WRITE_COMBINING EXECUTABLE WEAKENED
combinations() {
	cat <<- 'END'
	wb     wb     --no-fwb wb     false false true  true  false
	nc     wb     --no-fwb nc     false false true  true  true
	device wb     --no-fwb device true  true  false null  true
	wb     nc     --no-fwb nc     false false true  false false
	nc     nc     --no-fwb nc     false false true  false false
	device nc     --no-fwb device true  true  false false false
	wb     device --no-fwb device true  true  false false false
	nc     device --no-fwb device true  true  false false false
	device device --no-fwb device true  true  false false false
	wb     wb     --fwb    wb     false false true  true  false
	nc     wb     --fwb    wb     false false true  true  false
	device wb     --fwb    wb     true  true  true  null  false
	wb     nc     --fwb    nc     false false true  false false
	nc     nc     --fwb    nc     false false true  false false
	device nc     --fwb    device true  true  false false false
	wb     device --fwb    device true  true  false false false
	nc     device --fwb    device true  true  false false false
	device device --fwb    device true  true  false false false
	END
}

@test "what two stages make: all there are, in JSON" {
	while read -r one two fwb effective unaligned zva combine exec weak; do
		s2json explain type --stage1="$one" --stage2="$two" "$fwb" -j
		expect_status 0
		[[ -z $stderr ]]
		holds \
			kind '"explain"' \
			words null \
			combination.stage1 "\"$one\"" \
			combination.stage2 "\"$two\"" \
			combination.fwb "$([[ $fwb == --fwb ]] && echo true || echo false)" \
			combination.effective "\"$effective\"" \
			combination.unaligned_faults "$unaligned" \
			combination.dc_zva_faults "$zva" \
			combination.write_combining "$combine" \
			combination.executable "$exec" \
			combination.weakened "$weak"
	done < <(combinations)
}

@test "what two stages make: all there are, in words" {
	while read -r one two fwb effective unaligned zva combine exec weak; do
		s2 explain type --stage1 "$one" --stage2 "$two" "$fwb"
		expect_status 0
		with=$([[ $fwb == --fwb ]] && echo with || echo without)
		[[ $(head -n 1 <<< "$output") == \
			"$one at stage 1, $two at stage 2, $with FEAT_S2FWB: $effective" ]]
		[[ $unaligned == false || $output == *"unaligned accesses fault"* ]]
		[[ $unaligned == true || $output == *"unaligned accesses work"* ]]
		[[ $zva == false || $output == *"DC ZVA    faults"* ]]
		[[ $combine == true || $output == *"writes    are not combined"* ]]
		[[ $exec != false || $output == *"fetches   are refused: KVM"* ]]
		[[ $exec != null || $output == *"fetches   up to the CPU"* ]]
		[[ $weak == false || $output == *"caches    bypassed"* ]]
		[[ $effective != wb || $output == *"caches    used"* ]]
	done < <(combinations)
}

@test "without --fwb and --no-fwb: the CPUs of the host that is looked at" {
	s2json --from "$fixtures/two.json" explain type --stage1 nc --stage2 wb -j
	expect_status 0
	holds combination.fwb true combination.effective '"wb"'
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['host']['fwb'] = False" > weak.json
	s2 --from weak.json explain type --stage1 nc --stage2 wb
	expect_status 0
	[[ $output == *"without FEAT_S2FWB: nc"* ]]
	# What is said on the command line counts.
	s2 --from weak.json explain type --stage1 nc --stage2 wb --fwb
	[[ $output == *"with FEAT_S2FWB: wb"* ]]
	# Not known: which of the two is not for us to choose.
	python3 "$root/tests/cli/edit" "$fixtures/two.json" \
		"d['host']['fwb'] = None" > unknown.json
	s2 --from unknown.json explain type --stage1 nc --stage2 wb
	expect_usage "give '--fwb' or '--no-fwb'"
	s2 --from nothing.json explain type --stage1 nc --stage2 wb
	expect_status 1
	expect_one_line "nothing.json"
}

@test "what two stages make: wrong usage" {
	s2 explain type --stage1 writeback --stage2 wb --fwb
	expect_usage "'writeback' is not a value of '--stage1'"
	s2 explain type --stage1 wb --stage2 mixed --fwb
	expect_usage "'mixed' is not a value of '--stage2'"
	s2 explain type --stage1 wb --stage2 WB --fwb
	expect_usage "'WB'"
	s2 explain type --stage1= --stage2=wb --fwb
	expect_usage "--stage1"
	s2 explain type --stage1
	expect_usage "needs an argument"
	s2 explain type --stage1 wb --fwb
	expect_usage "give both"
	s2 explain type --no-fwb
	expect_usage "give both"
	s2 explain type --stage1 wb --stage2 wb --fwb --no-fwb
	expect_usage "exclude each other"
	s2 explain --stage1 wb --stage2 wb --fwb
	expect_usage "'--stage1' goes with the word 'type' alone"
	s2 explain wb --stage2 wb
	expect_usage "'--stage2' goes with the word 'type' alone"
	s2 explain type wb --fwb
	expect_usage "'--fwb' goes with the word 'type' alone"
	s2 explain type --fwb=yes
	expect_usage "takes no argument"
}
