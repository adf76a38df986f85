// A ring of batches. Threads take the stream's samples one after another, so that a batch is worked
// on by all of them; the reader empties the oldest batch and thereby makes room for one more.
#include "data/loader.h"

#include "base/memory.h"
#include "base/parallel.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

// What waits in memory, at most, unless two batches alone are more.
#define RING_BYTES  ((size_t)64 << 20)
#define THREADS_MAX 8

typedef struct batch_slot {
    uint8_t *samples;
    uint32_t *labels;
    size_t done;        // samples
    uint64_t failed_at; // position of the first that failed; UINT64_MAX: none
    gan_status status;  // its
    char *message;      // its, of GAN_MESSAGE_SIZE bytes
} batch_slot;

struct gan_loader {
    const gan_dataset *dataset;
    uint64_t seed;
    size_t batch, sample_bytes;
    batch_slot *slots;
    size_t slot_count;
    pthread_t threads[THREADS_MAX];
    size_t thread_count;
    pthread_mutex_t lock; // guards what follows, and the slots' figures
    pthread_cond_t room, ready;
    uint64_t next;  // position of the next sample to be taken by a thread
    uint64_t first; // the oldest batch in the ring
    uint64_t waits;
    bool stop;
};

static batch_slot *slot_of(gan_loader *loader, uint64_t number) {
    return &loader->slots[number % loader->slot_count];
}

// --- Threads ------------------------------------------------------------------------------------

static void note_failure(batch_slot *slot, uint64_t position, gan_status status) {
    if (position >= slot->failed_at) return;
    slot->failed_at = position;
    slot->status = status;
    snprintf(slot->message, GAN_MESSAGE_SIZE, "%s", gan_status_message());
}

// Reads one sample; the lock is held before and after.
static void prepare_sample(gan_loader *loader, uint64_t position) {
    batch_slot *slot = slot_of(loader, position / loader->batch);
    const size_t at = (size_t)(position % loader->batch);
    pthread_mutex_unlock(&loader->lock);
    const gan_status status =
        gan__dataset_read(loader->dataset, loader->seed, position, 1,
                          slot->samples + at * loader->sample_bytes, slot->labels + at);
    pthread_mutex_lock(&loader->lock);
    if (status != GAN_STATUS_OK) note_failure(slot, position, status);
    if (++slot->done == loader->batch) pthread_cond_signal(&loader->ready);
}

static void *work(void *argument) {
    gan_loader *loader = argument;
    pthread_mutex_lock(&loader->lock);
    while (!loader->stop) {
        if (loader->next / loader->batch >= loader->first + loader->slot_count)
            pthread_cond_wait(&loader->room, &loader->lock);
        else
            prepare_sample(loader, loader->next++);
    }
    pthread_mutex_unlock(&loader->lock);
    return NULL;
}

// As many as cores, but for the one that feeds the device. Where none can be started, batches are
// prepared as they are read.
static void start_threads(gan_loader *loader) {
    size_t wanted = gan__parallel_cores() > 1 ? gan__parallel_cores() - 1 : 1;
    if (wanted > THREADS_MAX) wanted = THREADS_MAX;
    while (loader->thread_count < wanted &&
           pthread_create(&loader->threads[loader->thread_count], NULL, work, loader) == 0)
        loader->thread_count++;
}

// --- The ring -----------------------------------------------------------------------------------

static void empty_slot(batch_slot *slot) {
    slot->done = 0;
    slot->failed_at = UINT64_MAX;
    slot->status = GAN_STATUS_OK;
}

static gan_status create_slot(const gan_loader *loader, batch_slot *slot) {
    void *samples, *labels, *message;
    GAN_TRY(gan__alloc(loader->batch, loader->sample_bytes, &samples));
    slot->samples = samples;
    GAN_TRY(gan__alloc(loader->batch, sizeof *slot->labels, &labels));
    slot->labels = labels;
    GAN_TRY(gan__alloc(GAN_MESSAGE_SIZE, 1, &message));
    slot->message = message;
    empty_slot(slot);
    return GAN_STATUS_OK;
}

static gan_status create_ring(gan_loader *loader) {
    const size_t affordable = RING_BYTES / loader->batch / loader->sample_bytes;
    const size_t wanted = THREADS_MAX;
    void *slots;
    const size_t count = affordable < 2 ? 2 : affordable < wanted ? affordable : wanted;
    GAN_TRY(gan__alloc(count, sizeof *loader->slots, &slots));
    loader->slots = slots;
    loader->slot_count = count;
    for (size_t i = 0; i < count; ++i) GAN_TRY(create_slot(loader, &loader->slots[i]));
    return GAN_STATUS_OK;
}

static size_t sample_bytes(const gan_dataset *dataset) {
    const gan_dataset_info *info = gan__dataset_info(dataset);
    size_t bytes = info->type == GAN_SAMPLE_TYPE_U8 ? 1 : sizeof(float);
    for (int i = 0; i < info->rank; ++i) bytes *= (size_t)info->size[i];
    return bytes;
}

gan_status gan__loader_create(const gan_dataset *dataset, uint64_t seed, size_t batch,
                              uint64_t first, gan_loader **out) {
    void *block;
    *out = NULL;
    GAN_TRY(gan__alloc(1, sizeof **out, &block));
    gan_loader *loader = block;
    *loader = (gan_loader){.dataset = dataset,
                           .seed = seed,
                           .batch = batch,
                           .sample_bytes = sample_bytes(dataset),
                           .lock = PTHREAD_MUTEX_INITIALIZER,
                           .room = PTHREAD_COND_INITIALIZER,
                           .ready = PTHREAD_COND_INITIALIZER,
                           .next = first * batch,
                           .first = first};
    *out = loader;
    if (!gan__dataset_info(dataset)->slow) return GAN_STATUS_OK;
    const gan_status status = create_ring(loader);
    if (status == GAN_STATUS_OK) {
        start_threads(loader);
        return status;
    }
    gan__loader_destroy(loader);
    *out = NULL;
    return status;
}

void gan__loader_destroy(gan_loader *loader) {
    if (!loader) return;
    pthread_mutex_lock(&loader->lock);
    loader->stop = true;
    pthread_cond_broadcast(&loader->room);
    pthread_mutex_unlock(&loader->lock);
    for (size_t i = 0; i < loader->thread_count; ++i) pthread_join(loader->threads[i], NULL);
    for (size_t i = 0; loader->slots && i < loader->slot_count; ++i) {
        gan__free(loader->slots[i].samples);
        gan__free(loader->slots[i].labels);
        gan__free(loader->slots[i].message);
    }
    gan__free(loader->slots);
    gan__free(loader);
}

// --- Reading ------------------------------------------------------------------------------------

static void wait_for(gan_loader *loader, const batch_slot *slot) {
    pthread_mutex_lock(&loader->lock);
    loader->waits += slot->done < loader->batch;
    while (slot->done < loader->batch) pthread_cond_wait(&loader->ready, &loader->lock);
    pthread_mutex_unlock(&loader->lock);
}

static void make_room(gan_loader *loader, batch_slot *slot) {
    pthread_mutex_lock(&loader->lock);
    empty_slot(slot);
    loader->first++;
    pthread_cond_broadcast(&loader->room);
    pthread_mutex_unlock(&loader->lock);
}

gan_status gan__loader_read(gan_loader *loader, uint64_t number, void *samples, uint32_t *labels) {
    if (loader->thread_count == 0 || number != loader->first)
        return gan__dataset_read(loader->dataset, loader->seed, number * loader->batch,
                                 loader->batch, samples, labels);
    batch_slot *slot = slot_of(loader, number);
    wait_for(loader, slot);
    if (slot->status != GAN_STATUS_OK) return gan__fail(slot->status, "%s", slot->message);
    memcpy(samples, slot->samples, loader->batch * loader->sample_bytes);
    if (labels) memcpy(labels, slot->labels, loader->batch * sizeof *labels);
    make_room(loader, slot);
    return GAN_STATUS_OK;
}

size_t gan__loader_threads(const gan_loader *loader) {
    return loader->thread_count;
}

uint64_t gan__loader_waits(const gan_loader *loader) {
    return loader->waits;
}
