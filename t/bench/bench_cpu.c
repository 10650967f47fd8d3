
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Processor time of other processes.
 */


#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"


static uint64_t bench_process_ns(int pid);
static uint64_t bench_stat_ns(int pid);


uint64_t
bench_cpu_ns(const char *pids)
{
    int          pid;
    char        *end;
    uint64_t     sum;

    for (sum = 0; *pids; pids = *end ? end + 1 : end) {
        pid = (int) strtol(pids, &end, 10);

        if (end == pids) {
            bench_die("--pids: not a number");
        }

        sum += bench_process_ns(pid);
    }

    return sum;
}


/* schedstat counts nanoseconds per thread, where the kernel has it */

static uint64_t
bench_process_ns(int pid)
{
    DIR            *dir;
    FILE           *file;
    char            path[300];
    uint64_t        sum;
    struct dirent  *entry;
    unsigned long long  ns;

    snprintf(path, sizeof(path), "/proc/%d/task", pid);

    dir = opendir(path);
    if (dir == NULL) {
        bench_die("process %d has ended", pid);
    }

    sum = 0;

    while ((entry = readdir(dir)) != NULL) {

        /* "..", too, has a schedstat: of the first thread */

        if (entry->d_name[0] == '.') {
            continue;
        }

        snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", pid,
                 entry->d_name);

        file = fopen(path, "r");

        if (file) {
            sum += fscanf(file, "%llu", &ns) == 1 ? ns : 0;
            fclose(file);
        }
    }

    closedir(dir);

    return sum ? sum : bench_stat_ns(pid);
}


/* utime and stime of all threads, in ticks */

static uint64_t
bench_stat_ns(int pid)
{
    FILE                *file;
    char                 path[64], line[1024], *p;
    unsigned long long   utime, stime;

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);

    file = fopen(path, "r");

    if (file == NULL || fgets(line, sizeof(line), file) == NULL) {
        bench_die("process %d has ended", pid);
    }

    fclose(file);

    /* the name in parentheses may hold anything */
    p = strrchr(line, ')');

    if (p == NULL
        || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu"
                  " %llu", &utime, &stime)
           != 2)
    {
        bench_die("%s is not as it should be", path);
    }

    return (utime + stime) * (1000000000ull
                              / (unsigned long) sysconf(_SC_CLK_TCK));
}
