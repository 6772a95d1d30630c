#include "config.h"

#include "io/lost.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

/* Ranges are linked in front and never unlinked, so that the handler can walk the list whatever thread changes it;
 * a range given back is taken again by a later lost_watch. The handler trusts start and end only when version is even
 * and the same before and after it read them. */
struct lost_range {
    struct lost_range *next;  /* never changes once linked */
    atomic_uint version;      /* odd while start and end change */
    atomic_uintptr_t start;   /* first address; 0 while free */
    atomic_uintptr_t end;     /* behind the last page */
    atomic_size_t first_lost; /* offset from start; SIZE_MAX: none */
};

/* The one mutable state of file scope in the program: a signal handler is the process's, not a caller's, and is given
 * nothing but the fault's address to find the map by. Writers hold the lock; the handler only loads atomics. */
static struct {
    pthread_mutex_t lock;
    bool installed;
    size_t page; /* page size in bytes; like previous, set before the handler is installed */
    struct sigaction previous;
    _Atomic(struct lost_range *) ranges;
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void change_range(struct lost_range *range, uintptr_t start, uintptr_t end) {
    atomic_fetch_add(&range->version, 1);
    atomic_store(&range->start, start);
    atomic_store(&range->end, end);
    atomic_store(&range->first_lost, SIZE_MAX);
    atomic_fetch_add(&range->version, 1);
}

static struct lost_range *find_range(uintptr_t address, uintptr_t *start, uintptr_t *end) {
    struct lost_range *range = atomic_load(&registry.ranges);
    for (; range; range = range->next) {
        unsigned version = atomic_load(&range->version);
        *start = atomic_load(&range->start);
        *end = atomic_load(&range->end);
        if (version % 2 == 0 && version == atomic_load(&range->version) && *start != 0 &&
            *start <= address && address < *end) {
            return range;
        }
    }
    return NULL;
}

/* Puts zeros in place of the range from the page that holds address. The rest of the range goes with the page: a
 * truncated file lacks all of it, and a fault for each page of a large map would take minutes. */
static bool replace_rest(uintptr_t address) {
    uintptr_t start;
    uintptr_t end;
    struct lost_range *range = find_range(address, &start, &end);
    if (!range) {
        return false;
    }
    uintptr_t page = address - (address - start) % registry.page;
    if (mmap((void *)page, end - page, PROT_READ, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
        MAP_FAILED) {
        return false;
    }
    size_t lost = page - start;
    size_t known = atomic_load(&range->first_lost);
    while (lost < known && !atomic_compare_exchange_weak(&range->first_lost, &known, lost)) {
    }
    return true;
}

/* What would have happened without this module: the handler that was there before, or else what the system does. */
static void pass_on(int number, siginfo_t *info, void *context) {
    const struct sigaction *previous = &registry.previous;
    if (previous->sa_flags & SA_SIGINFO) {
        previous->sa_sigaction(number, info, context);
    } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(number);
    } else {
        sigaction(number, previous, NULL);
        if (info->si_code <= 0) {
            raise(number); /* stays pending until the handler returns; a fault recurs by itself */
        }
    }
}

/* Calls nothing but mmap, sigaction, raise, and the handler before it. */
static void handle_sigbus(int number, siginfo_t *info, void *context) {
    int saved = errno;
    bool is_fault = info->si_code > 0; /* otherwise kill or sigqueue: there is no address */
    if (!is_fault || !replace_rest((uintptr_t)info->si_addr)) {
        pass_on(number, info, context);
    }
    errno = saved;
}

static void install_handler(void) {
    struct sigaction action = {.sa_sigaction = handle_sigbus, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    registry.page = (size_t)sysconf(_SC_PAGESIZE);
    sigaction(SIGBUS, NULL, &registry.previous);
    sigaction(SIGBUS, &action, NULL);
    registry.installed = true;
}

static struct lost_range *take_range(void) {
    struct lost_range *head = atomic_load(&registry.ranges);
    for (struct lost_range *range = head; range; range = range->next) {
        if (atomic_load(&range->start) == 0) {
            return range;
        }
    }
    struct lost_range *range = mem_zalloc(1, sizeof *range);
    range->next = head;
    atomic_store(&registry.ranges, range);
    return range;
}

struct lost_range *lost_watch(const void *at, size_t len) {
    pthread_mutex_lock(&registry.lock);
    if (!registry.installed) {
        install_handler();
    }
    struct lost_range *range = take_range();
    uintptr_t start = (uintptr_t)at;
    uintptr_t pages = (len - 1) / registry.page + 1;
    change_range(range, start, start + pages * registry.page);
    pthread_mutex_unlock(&registry.lock);
    return range;
}

void lost_unwatch(struct lost_range *range) {
    pthread_mutex_lock(&registry.lock);
    change_range(range, 0, 0);
    pthread_mutex_unlock(&registry.lock);
}

size_t lost_first(const struct lost_range *range) {
    return atomic_load(&range->first_lost);
}
