// SPDX-License-Identifier: GPL-2.0-only
/*
 * bare.img - a guest without a system, for QEMU's -kernel
 *
 * What it does is said on its command line, in words:
 *
 *	touch=MIB	write into each page of so much RAM, at each tick (1)
 *	bar		have BAR 2 of the ivshmem device written as well
 *	tick=MS		how often to do so, and to tell that it runs (1000)
 *
 * On its serial port it tells
 *
 *	up COUNTER	the physical counter at its first instruction, which
 *			is the host's: comparable with what runs there
 *	bar ADDRESS	where it has put it; "no bar" if there is no device
 *	tick COUNT	how many pages it has written by now
 *	exception ESR FAR ELR	and it stops
 *
 * Its MMU is off, so every access of its own is Device memory's.  Between ticks it
 * waits for the timer, and leaves the emulated CPUs to the host.
 */
#include <stdbool.h>
#include <stdint.h>

/* QEMU's machine "virt" */
#define GICD	0x08000000UL
#define GICR	0x080a0000UL
#define UART	0x09000000UL
#define ECAM	0x4010000000UL
#define MMIO	0x20000000UL	/* in the window of 32-bit addresses */

#define PAGE	4096UL

#define IVSHMEM	0x11101af4u

extern char _end[];

void bare(const uint8_t *tree, uint64_t when);
void bare_exception(uint64_t esr, uint64_t far, uint64_t elr);

static void poke(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static uint32_t peek(uint64_t address)
{
	return *(volatile uint32_t *)address;
}

static void print(const char *s)
{
	while (*s)
		poke(UART, *s++);
}

static void print_number(uint64_t n)
{
	char text[24], *p = text + sizeof(text);

	*--p = '\0';
	do {
		*--p = '0' + n % 10;
		n /= 10;
	} while (n);
	print(" ");
	print(p);
}

void bare_exception(uint64_t esr, uint64_t far, uint64_t elr)
{
	print("exception");
	print_number(esr);
	print_number(far);
	print_number(elr);
	print("\n");
	for (;;)
		__asm__ volatile("wfi");
}

static uint32_t big_endian(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* The value of /chosen/bootargs; no other node has such a property. */
static const char *command_line(const uint8_t *tree)
{
	const uint8_t *p = tree + big_endian(tree + 8);
	const char *strings = (const char *)tree + big_endian(tree + 12);
	uint32_t len;

	for (;;) {
		switch (big_endian(p)) {
		case 1:				/* a node and its name */
			for (p += 4; *p; p++)
				;
			p += 4 - ((p - tree) & 3);
			break;
		case 2:				/* its end */
		case 4:
			p += 4;
			break;
		case 3:				/* a property */
			len = big_endian(p + 4);
			if (same(strings + big_endian(p + 8), "bootargs"))
				return (const char *)p + 12;
			p += 12 + ((len + 3) & ~3u);
			break;
		default:
			return "";
		}
	}
}

/* The number after "WORD=" on the line; the default without, 1 for a word. */
static uint64_t option(const char *line, const char *word, uint64_t value)
{
	const char *w;

	while (*line) {
		for (w = word; *w && *line == *w; w++)
			line++;
		if (!*w && (!*line || *line == ' '))
			return 1;
		if (!*w && *line == '=') {
			value = 0;
			while (*++line >= '0' && *line <= '9')
				value = value * 10 + *line - '0';
			return value;
		}
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return value;
}

static uint64_t config(unsigned int bus, unsigned int function)
{
	return ECAM + ((uint64_t)bus << 20) + (function << 12);
}

/* What a bridge passes on: 256 MiB from MMIO, prefetchable. */
static void open_bridge(uint64_t c, unsigned int from, unsigned int to)
{
	poke(c + 0x18, 255 << 16 | to << 8 | from);
	poke(c + 0x20, 0x0000fff0);
	poke(c + 0x24, (MMIO + 0x0ff00000) | MMIO >> 16);
	poke(c + 0x28, 0);
	poke(c + 0x2c, 0);
	poke(c + 0x04, 6);		/* memory, bus master */
}

/*
 * Puts BAR 2 of the device at MMIO, if it is on this bus or behind one of its
 * bridges; @last is the newest number of a bus.
 */
static bool map_bar(unsigned int bus, unsigned int *last)
{
	unsigned int f;
	uint64_t c;

	for (f = 0; f < 256; f++) {
		c = config(bus, f);
		if (peek(c) == IVSHMEM) {
			poke(c + 0x18, MMIO);
			poke(c + 0x1c, 0);
			poke(c + 0x04, 6);
			return true;
		}
		if (peek(c) == ~0u || (peek(c + 0x0c) >> 16 & 0x7f) != 1)
			continue;
		open_bridge(c, bus, ++*last);
		if (map_bar(*last, last))
			return true;
		poke(c + 0x04, 0);
	}
	return false;
}

static uint64_t now(void)
{
	uint64_t t;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r" (t) : : "memory");
	return t;
}

#define TIMER_IRQ	(1u << 27)

/* The timer's interrupt gets as far as this CPU: it is never taken, and ends wfi. */
static void set_up_timer(void)
{
	poke(GICD, 1 << 4 | 1 << 1);		/* affinities, group 1 */
	poke(GICR + 0x14, 0);			/* awake */
	poke(GICR + 0x10080, TIMER_IRQ);	/* of group 1 */
	poke(GICR + 0x10100, TIMER_IRQ);	/* enabled */
	__asm__ volatile("msr	s3_0_c12_c12_5, %0	// ICC_SRE_EL1\n\t"
			 "isb\n\t"
			 "msr	s3_0_c4_c6_0, %1	// ICC_PMR_EL1\n\t"
			 "msr	s3_0_c12_c12_7, %2	// ICC_IGRPEN1_EL1\n\t"
			 "isb" : : "r" (7UL), "r" (0xffUL), "r" (1UL));
}

static void wait_until(uint64_t when)
{
	__asm__ volatile("msr	cntv_cval_el0, %0\n\t"
			 "msr	cntv_ctl_el0, %1\n\t"
			 "isb" : : "r" (when), "r" (1UL));
	while (now() < when)
		__asm__ volatile("wfi" : : : "memory");
	__asm__ volatile("msr	cntv_ctl_el0, xzr\n\tisb");
}

void bare(const uint8_t *tree, uint64_t when)
{
	const char *line = command_line(tree);
	uint64_t size = option(line, "touch", 1) << 20, bar = 0;
	unsigned int last = 0;
	uint64_t frequency, period, next, count = 0, p;
	/* The device tree may lie in there: nothing reads it any more. */
	uint64_t from = ((uint64_t)_end + PAGE - 1) & ~(PAGE - 1);

	poke(UART + 0x30, 0x301);
	print("up");
	print_number(when);
	print("\n");
	if (option(line, "bar", 0)) {
		if (map_bar(0, &last))
			bar = MMIO;
		print(bar ? "bar" : "no bar");
		if (bar)
			print_number(bar);
		print("\n");
	}
	__asm__("mrs %0, cntfrq_el0" : "=r" (frequency));
	period = frequency / 1000 * option(line, "tick", 1000);
	set_up_timer();
	for (next = now() + period;;) {
		for (p = from; p < from + size; p += PAGE)
			poke(p, ++count);
		if (bar)
			poke(bar, count);
		wait_until(next);
		print("tick");
		print_number(count);
		print("\n");
		next = now() + period;	/* a letter takes its time, too */
	}
}
