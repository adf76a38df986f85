// Implements tools/picture.h.
#include "picture.h"

#include "term/image.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// --- Chafa ---------------------------------------------------------------------------------------

// Starts it with the pipe's reading end as its standard input. False where there is none.
static bool start_chafa(const int ends[2], pid_t *child) {
    static char name[] = "chafa", input[] = "-";
    char *const arguments[] = {name, input, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE); // a tool may ignore it, and what it starts would too
    if (posix_spawn_file_actions_init(&actions) != 0) return false;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return false;
    }
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int error = posix_spawnp(child, name, &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error == 0;
}

static bool ended_well(pid_t child) {
    int outcome;
    return waitpid(child, &outcome, 0) == child && WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
}

// False where there is no chafa, or one that failed.
static bool show_by_chafa(const gan_image *image) {
    int ends[2];
    pid_t child;
    if (pipe(ends) != 0) return false;
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    const bool started = start_chafa(ends, &child);
    close(ends[0]);
    gan_status status = GAN_STATUS_FAILED;
    if (started)
        status = gan_image_write(image, GAN_IMAGE_FORMAT_PNG, NULL, 0, (gan_target){.fd = ends[1]});
    close(ends[1]);
    return started && ended_well(child) && status == GAN_STATUS_OK;
}

// --- Half blocks ---------------------------------------------------------------------------------

// A terminal has no opacity: a copy laid on white. The copy is the caller's (free).
static gan_status flatten(gan_picture *picture, uint8_t **copy) {
    const size_t pixels = picture->width * picture->height;
    *copy = NULL;
    if (picture->channels != 4) return GAN_STATUS_OK;
    *copy = calloc(pixels, 3);
    if (*copy == NULL) return gan__fail(GAN_STATUS_NO_MEMORY, "out of memory for the picture");
    for (size_t i = 0; i < 3 * pixels; i++) {
        const uint8_t *const pixel = picture->pixels + i / 3 * 4;
        (*copy)[i] = (uint8_t)((pixel[i % 3] * pixel[3] + 255 * (255 - pixel[3]) + 127) / 255);
    }
    picture->pixels = *copy;
    picture->channels = 3;
    return GAN_STATUS_OK;
}

gan_status gan__picture_show(const gan_image *image, const gan_terminal *terminal) {
    gan_picture picture = {.pixels = gan_image_get_pixels(image),
                           .width = gan_image_get_width(image),
                           .height = gan_image_get_height(image),
                           .channels = gan_image_get_channels(image)};
    uint8_t *copy;
    // Without colours the user wants none of chafa's either.
    if (terminal->interactive && terminal->palette != GAN_PALETTE_NONE && show_by_chafa(image))
        return GAN_STATUS_OK;
    gan_status status = flatten(&picture, &copy);
    if (status == GAN_STATUS_OK) status = gan__image_write(&picture, terminal);
    free(copy);
    return status;
}
