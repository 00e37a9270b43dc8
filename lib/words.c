// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the words of the vocabulary mean, for people */
#include <string.h>

#include "object.h"
#include "words.h"

#define TYPE(w, s, t, r)	{ "type", w, s, t, r, 0 }
#define CLASS(w, s, t)		{ "class", w, s, t, NULL, 0 }
#define VERDICT(w, s, t, r)	{ "verdict", w, s, t, r, 0 }
#define REASON(w, s, t, r)	{ "reason", w, s, t, r, 0 }
#define FACT(w, s)		{ "fact", w, s, NULL, NULL, 0 }
#define PROBLEM(w, s, r)	{ "problem", w, s, NULL, r, 0 }
#define RULE(w, sev, s, t, r)	{ "rule", w, s, t, r, sev }

static const struct s2_word words[] = {
	RULE("S2-002", S2_SEVERITY_LOW,
	     "weak wb: the guest may choose non-cacheable",
	     "The CPU lacks FEAT_S2FWB, so the guest's own stage 1 can weaken write-back memory to non-cacheable. Until it cleans the caches, a guest that does so reads what was in DRAM before, and host and guest may see different data. KVM cleans a page when it maps it, which covers the guest's first look at memory with a kernel alias.",
	     "Nothing, if the guest is trusted with its own memory and the memory has a kernel alias. Run VMs whose memory must stay coherent on a host with FEAT_S2FWB."),
	RULE("S2-003", S2_SEVERITY_HIGH,
	     "stage-2 type differs from the VMM's own mapping",
	     "The same memory is mapped with one type in the VMM and with another for the guest: a mismatched alias. If one of the two is cacheable, each side can read data that the other has already replaced. If neither is, only ordering and write combining differ.",
	     "Map the memory in the VMM with the type that the guest gets, or do not touch it from the VMM while the guest runs. For a BAR, use the vfio-pci mapping, not sysfs."),
	RULE("S2-005", S2_SEVERITY_HIGH,
	     "executable mapping of I/O or PFNMAP memory",
	     "The guest can fetch instructions from memory that belongs to a device or that the kernel does not manage. Speculative fetches reach the device as reads, which may have side effects or end in an error that takes the host down.",
	     "Have the guest map the range execute-never, and the host map it without execute permission. KVM never maps device memory executable by itself: check which kernel runs."),
	RULE("S2-006", S2_SEVERITY_MEDIUM,
	     "prefetchable BAR mapped device",
	     "The BAR is prefetchable: reads have no side effects and writes may be combined. Mapped device, the guest loses write combining, and its unaligned accesses and DC ZVA fault, however its own page tables map the BAR.",
	     "Pass the device through with vfio-pci, whose mapping lets KVM choose nc, instead of mapping the BAR through sysfs."),

	TYPE("wb", "Normal memory, Inner and Outer Write-Back Cacheable",
	     "What RAM is. With FEAT_S2FWB it is forced: the guest cannot change it. Without, it is weak: the guest's stage 1 may make it non-cacheable.",
	     NULL),
	TYPE("nc", "Normal memory, Non-cacheable",
	     "Unaligned accesses, DC ZVA and write combining work, caches are not used. Right for BARs that behave like memory.",
	     NULL),
	TYPE("device", "Device-nGnRE memory",
	     "Accesses are neither merged nor reordered. Unaligned accesses and DC ZVA fault whatever the guest's page tables say.",
	     "If the guest expects memory there, see why KVM took it for a device: 's2ctl show' gives the reason."),
	TYPE("mixed", "a range with more than one type",
	     "Look at the extents to see which part has which type.", NULL),
	TYPE("unmapped", "no stage-2 translation",
	     "The guest has not touched it yet, or KVM has unmapped it since. The next access faults, and KVM decides then.",
	     NULL),

	CLASS("ram", "in the host's memory map, under a cacheable mapping",
	      "Ordinary memory: a struct page and a cacheable kernel alias."),
	CLASS("zone-device", "outside the memory map, with a struct page",
	      "Device or persistent memory that a driver gave struct pages with memremap_pages()."),
	CLASS("pfnmap-wb", "normal memory without struct pages",
	      "A cacheable mapping that is not I/O, of pages that have no usable kernel alias: memory of a GPU or CXL device, or memory kept from the kernel."),
	CLASS("ram-nc", "memory map pages under a non-cacheable mapping",
	      "The kernel has a cacheable alias of the same pages."),
	CLASS("io", "I/O memory",
	      "Outside the memory map, mapped VM_IO or non-cacheable: registers or a BAR."),
	CLASS("io-nc", "I/O memory that may be Normal Non-cacheable",
	      "As io, and the driver (vfio-pci) has promised with VM_ALLOW_ANY_UNCACHED that the device takes any uncached type."),
	CLASS("gmem", "guest_memfd", "Memory that the VMM itself cannot map."),
	CLASS("hole", "nothing", "The VMM has nothing mapped behind this part of the slot."),
	CLASS("vgic", "the virtual interrupt controller's CPU interface",
	      "Mapped by KVM itself; it has no slot."),
	CLASS("mixed", "a range with more than one class",
	      "Look at the extents to see which part is what."),

	VERDICT("allow", "a data access is mapped", NULL, NULL),
	VERDICT("would-deny", "a data access is mapped, but enforcing would refuse it",
		NULL, NULL),
	VERDICT("deny", "a data access is refused",
		"KVM_RUN returns to the VMM with an error, and most VMMs stop the VM.",
		"See the reason."),
	VERDICT("mixed", "a range with more than one verdict",
		"Look at the extents to see which part has which.", NULL),

	REASON("map-memory", "RAM of the host: write-back",
	       "The page is in the host's memory map, and KVM maps all such pages write-back.",
	       NULL),
	REASON("not-map-memory", "not RAM of the host: device",
	       "The page is not in the host's memory map, so KVM takes it for a device.",
	       "If it behaves like memory, map it through a driver that says so: vfio-pci does for BARs."),
	REASON("any-uncached", "the driver allows any uncached type: non-cacheable",
	       "The page is not in the host's memory map, and the driver set VM_ALLOW_ANY_UNCACHED on the mapping.",
	       NULL),
	REASON("exec-io", "instructions cannot be fetched from what is not cacheable",
	       "The guest tried to execute from memory that is not mapped write-back; KVM refuses.",
	       "Have the guest execute from RAM."),
	REASON("no-vma", "the VMM has nothing mapped there",
	       "The slot points at addresses of the VMM where no mapping exists.",
	       "The VMM must map memory before the guest touches it."),
	REASON("vmm-exited", "the VMM has exited",
	       "The address space that made the VM is gone; someone keeps the VM's descriptor open.",
	       "Close the descriptor, or end the process that holds it."),
	REASON("vgic", "mapped by KVM for the virtual interrupt controller",
	       "The GICv2 CPU interface of the guest; exempt from everything here.",
	       NULL),
	REASON("mte-vma", "the VM has memory tags, the mapping does not",
	       "The VM uses MTE, and this mapping of the VMM cannot hold allocation tags.",
	       "The VMM must map the memory so that it can hold tags: anonymous memory or a memfd."),
	REASON("vmm-busy", "the VMM kept its address space locked",
	       "What lies behind the slot could not be looked at in time.",
	       "Run the command again."),
	REASON("mixed", "a range with more than one reason",
	       "Look at the extents to see which part has which.", NULL),

	FACT("vma", "the VMM has a mapping there"),
	FACT("vm-io", "the mapping is marked as I/O (VM_IO)"),
	FACT("vm-pfnmap", "the mapping is of page numbers, without struct pages (VM_PFNMAP)"),
	FACT("vm-mixedmap", "the mapping may hold pages with and without struct page (VM_MIXEDMAP)"),
	FACT("any-uncached", "the driver allows any uncached type (VM_ALLOW_ANY_UNCACHED)"),
	FACT("hugetlb", "the mapping is of explicit huge pages"),
	FACT("mte-allowed", "the mapping may hold allocation tags (VM_MTE_ALLOWED)"),
	FACT("pfn", "the page itself was looked at, not only the mapping"),
	FACT("map-memory", "the page is in the host's memory map"),
	FACT("struct-page", "the page has a struct page"),
	FACT("zone-device", "the struct page belongs to a device"),
	FACT("flushable", "the kernel has a cacheable alias to clean the page through"),
	FACT("gmem", "the page is guest_memfd's"),
	FACT("fwb", "stage 2 of the VM uses FEAT_S2FWB"),
	FACT("dic", "the CPUs need no instruction cache maintenance"),
	FACT("mte", "the VM has memory tagging"),
	FACT("pkvm", "the VM runs under protected KVM"),

	PROBLEM("no-series", "the kernel does not report stage-2 memory types",
		"Boot a kernel with the kvm_s2 series."),
	PROBLEM("no-privilege", "the kernel refused for lack of privilege",
		"Run as root in the initial user and network namespace: CAP_SYS_ADMIN and CAP_NET_ADMIN are needed."),
	PROBLEM("vm-gone", "a VM ended while it was read", "Run the command again."),
	PROBLEM("interrupted", "slots changed each time they were read",
		"Run the command again when the VM is quieter."),
	PROBLEM("vmm-busy", "a VMM kept its address space locked",
		"Run the command again when the VMM is quieter."),
	PROBLEM("refused", "the kernel refused a request",
		"The text has the kernel's own words."),
	PROBLEM("malformed", "data that make no sense", NULL),
	PROBLEM("unknown-value", "a word or number that this version does not know",
		"Use a newer s2ctl."),
	PROBLEM("vms-hidden", "there may be VMs that cannot be seen",
		"Run as root, and mount debugfs."),
	PROBLEM("pkvm", "protected KVM shows no slots and no extents", NULL),
	PROBLEM("not-loaded", "extents that a rule or command needs are not there",
		NULL),
	PROBLEM("facts-missing", "a rule could not decide for lack of facts", NULL),
	{ NULL, NULL, NULL, NULL, NULL, 0 }
};

const struct s2_word *s2_words(size_t *count)
{
	if (count)
		*count = ARRAY_SIZE(words) - 1;
	return words;
}

const struct s2_word *s2_word_find(const char *kind, const char *word)
{
	for (const struct s2_word *w = words; word && w->word; w++)
		if (!strcmp(w->word, word) && !strcmp(w->kind, kind))
			return w;
	return NULL;
}

const char *s2_word_summary(const char *kind, const char *word)
{
	const struct s2_word *w = s2_word_find(kind, word);

	return w ? w->summary : NULL;
}
