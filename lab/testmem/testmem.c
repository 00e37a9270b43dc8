// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/testmem: memory that a test may map with any type and VM flags.
 *
 * It stands for drivers that the lab has no device for: an accelerator whose
 * memory is cacheable but has no struct pages, a BAR that is vouched for, RAM
 * that is mapped non-cacheable as dma_mmap_attrs() does.  For tests only: it
 * lets its user make aliases that no driver should make.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pfn_t.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "testmem.h"

static ulong reserved[2], no_struct[2];		/* address, size */
module_param_array(reserved, ulong, NULL, 0444);
module_param_array(no_struct, ulong, NULL, 0444);

static int sitting;
module_param(sitting, int, 0644);

/* The part of a region that a VMA shows. */
static int testmem_start(const struct testmem_setup *setup,
			 const struct vm_area_struct *vma, u64 *start)
{
	const ulong *region = setup->region == TESTMEM_RESERVED ? reserved :
								   no_struct;
	u64 bytes = vma->vm_end - vma->vm_start;
	u64 offset = (u64)vma->vm_pgoff << PAGE_SHIFT;

	if (offset > region[1] || bytes > region[1] - offset)
		return -EINVAL;

	*start = region[0] + offset;
	return 0;
}

static unsigned long testmem_pfn(struct vm_fault *vmf, unsigned long address)
{
	struct vm_area_struct *vma = vmf->vma;
	const struct testmem_setup *setup = vma->vm_private_data;
	u64 start;

	/* Checked by testmem_mmap(), and a VMA only ever becomes smaller. */
	if (testmem_start(setup, vma, &start))
		return 0;

	return PHYS_PFN(start + (address - vma->vm_start));
}

static vm_fault_t testmem_fault(struct vm_fault *vmf)
{
	unsigned long pfn = testmem_pfn(vmf, vmf->address & PAGE_MASK);

	return pfn ? vmf_insert_pfn(vmf->vma, vmf->address, pfn) :
		     VM_FAULT_SIGBUS;
}

static vm_fault_t testmem_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	const struct testmem_setup *setup = vmf->vma->vm_private_data;
	unsigned long address = vmf->address & PMD_MASK;
	struct vm_area_struct *vma = vmf->vma;
	unsigned long pfn;

	if (!(setup->flags & TESTMEM_BLOCKS) || order != PMD_ORDER ||
	    address < vma->vm_start || address + PMD_SIZE > vma->vm_end)
		return VM_FAULT_FALLBACK;

	pfn = testmem_pfn(vmf, address);
	if (!pfn || !IS_ALIGNED(pfn, PTRS_PER_PMD))
		return VM_FAULT_FALLBACK;

	return vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, PFN_DEV),
				  vmf->flags & FAULT_FLAG_WRITE);
}

static const struct vm_operations_struct testmem_vm_ops = {
	.fault		= testmem_fault,
	.huge_fault	= testmem_huge_fault,
};

static pgprot_t testmem_pgprot(u32 prot, pgprot_t base)
{
	switch (prot) {
	case TESTMEM_NC:
		return pgprot_writecombine(base);
	case TESTMEM_DEVICE:
		return pgprot_device(base);
	case TESTMEM_NGNRNE:
		return pgprot_noncached(base);
	default:
		return base;
	}
}

static int testmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct testmem_setup *setup = file->private_data;
	vm_flags_t flags = VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;
	u64 start;
	int ret;

	if (!setup || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	ret = testmem_start(setup, vma, &start);
	if (ret)
		return ret;

	if (setup->flags & TESTMEM_IO)
		flags |= VM_IO;
	if (setup->flags & TESTMEM_ANY_UNCACHED)
		flags |= VM_ALLOW_ANY_UNCACHED;
	vm_flags_set(vma, flags);
	vma->vm_page_prot = testmem_pgprot(setup->prot, vma->vm_page_prot);
	vma->vm_private_data = (void *)setup;
	vma->vm_ops = &testmem_vm_ops;

	return 0;
}

/* Once for each open file: its VMAs use it as long as they live. */
static long testmem_setup(struct file *file, void __user *arg)
{
	struct testmem_setup *setup = memdup_user(arg, sizeof(*setup));

	if (IS_ERR(setup))
		return PTR_ERR(setup);

	if (setup->region > TESTMEM_NO_STRUCT || setup->prot > TESTMEM_NGNRNE ||
	    setup->flags >= TESTMEM_BLOCKS << 1 || setup->pad ||
	    cmpxchg(&file->private_data, NULL, setup)) {
		kfree(setup);
		return -EINVAL;
	}

	return 0;
}

static long testmem_refs(void __user *arg)
{
	struct testmem_refs refs;
	struct page *page;

	if (copy_from_user(&refs, arg, sizeof(refs)))
		return -EFAULT;
	if (get_user_pages_fast(refs.addr, 1, 0, &page) != 1)
		return -EFAULT;

	refs.refs = folio_ref_count(page_folio(page)) - 1;	/* but for ours */
	put_page(page);

	return copy_to_user(arg, &refs, sizeof(refs)) ? -EFAULT : 0;
}

static long testmem_sit(void)
{
	struct mm_struct *mm = current->mm;

	if (mmap_write_lock_killable(mm))
		return -EINTR;

	WRITE_ONCE(sitting, 1);
	while (READ_ONCE(sitting) && !fatal_signal_pending(current))
		msleep_interruptible(20);
	WRITE_ONCE(sitting, 0);
	mmap_write_unlock(mm);

	return 0;
}

static long testmem_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	switch (cmd) {
	case TESTMEM_SETUP:
		return testmem_setup(file, (void __user *)arg);
	case TESTMEM_REFS:
		return testmem_refs((void __user *)arg);
	case TESTMEM_SIT:
		return testmem_sit();
	default:
		return -ENOTTY;
	}
}

static int testmem_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;	/* misc puts the device there */
	return 0;
}

/* Every VMA has a reference to the file, so nobody uses it any more. */
static int testmem_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations testmem_fops = {
	.owner		= THIS_MODULE,
	.open		= testmem_open,
	.release	= testmem_release,
	.mmap		= testmem_mmap,
	.unlocked_ioctl	= testmem_ioctl,
};

static struct miscdevice testmem_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "testmem",
	.fops	= &testmem_fops,
	.mode	= 0600,
};

module_misc_device(testmem_device);

MODULE_DESCRIPTION("Memory that a test may map as it likes");
MODULE_LICENSE("GPL");
