/* Preloaded into a process, moves its wall clock by as many milliseconds as a shared file says.
 *
 * The file holds one 64-bit integer, named by CRASH_CLOCK, and may change at any moment. The
 * monotonic clocks stay as they are: no step of NTP or of a person moves those either.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset_ms;

__attribute__((constructor)) static void map_offset(void) {
    const char *path = getenv("CRASH_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *found = mmap(NULL, sizeof *offset_ms, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (found != MAP_FAILED) offset_ms = found;
}

static int64_t now_ns(clockid_t clock, int *result) {
    static int (*real)(clockid_t, struct timespec *);
    struct timespec seen = {0, 0};
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    *result = real(clock, &seen);
    int64_t ns = (int64_t)seen.tv_sec * 1000000000 + seen.tv_nsec;
    int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    return is_wall && offset_ms ? ns + *offset_ms * 1000000 : ns;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result;
    int64_t ns = now_ns(clock, &result);
    if (result == 0) {
        time->tv_sec = ns / 1000000000;
        time->tv_nsec = ns % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *time, void *zone) {
    int result;
    int64_t ns = now_ns(CLOCK_REALTIME, &result);
    (void)zone;
    time->tv_sec = ns / 1000000000;
    time->tv_usec = ns % 1000000000 / 1000;
    return result;
}

time_t time(time_t *seconds) {
    int result;
    time_t now = now_ns(CLOCK_REALTIME, &result) / 1000000000;
    if (seconds) *seconds = now;
    return now;
}
