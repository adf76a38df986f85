// A fork and join over a counter. Threads live as long as one call: starting one costs tens of
// microseconds, a block of a checkpoint a millisecond.
#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { WORKERS_MAX = 64 };

typedef struct parallel_job {
    gan_parallel_item function;
    void *context;
    size_t count;
    atomic_size_t next;
    pthread_mutex_t lock; // guards what follows
    size_t failed_item;   // SIZE_MAX: none
    gan_status status;
    char message[GAN_MESSAGE_SIZE]; // of the failing thread, for the calling one
} parallel_job;

typedef struct parallel_worker {
    parallel_job *job;
    unsigned index;
    pthread_t thread;
} parallel_worker;

unsigned gan__parallel_cores(void) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (unsigned)cores;
}

static void job_note_failure(parallel_job *job, size_t item, gan_status status) {
    pthread_mutex_lock(&job->lock);
    if (item < job->failed_item) {
        job->failed_item = item;
        job->status = status;
        snprintf(job->message, sizeof job->message, "%s", gan_status_message());
    }
    pthread_mutex_unlock(&job->lock);
    atomic_store(&job->next, job->count);
}

static void *worker_main(void *argument) {
    parallel_worker *worker = argument;
    parallel_job *job = worker->job;
    for (;;) {
        size_t item = atomic_fetch_add(&job->next, 1);
        if (item >= job->count) return NULL;
        gan_status status = job->function(job->context, item, worker->index);
        if (status != GAN_STATUS_OK) job_note_failure(job, item, status);
    }
}

gan_status gan__parallel_run(unsigned workers, size_t count, gan_parallel_item function,
                             void *context) {
    parallel_job job = {.function = function,
                        .context = context,
                        .count = count,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .failed_item = SIZE_MAX};
    parallel_worker worker[WORKERS_MAX];
    if (workers > WORKERS_MAX) workers = WORKERS_MAX;
    if (workers > count) workers = (unsigned)count;
    unsigned started = 1;
    worker[0] = (parallel_worker){.job = &job};
    for (; started < workers; started++) {
        worker[started] = (parallel_worker){.job = &job, .index = started};
        if (pthread_create(&worker[started].thread, NULL, worker_main, &worker[started])) break;
    }
    worker_main(&worker[0]);
    for (unsigned i = 1; i < started; i++) pthread_join(worker[i].thread, NULL);
    if (job.failed_item == SIZE_MAX) return GAN_STATUS_OK;
    return gan__fail(job.status, "%s", job.message);
}
