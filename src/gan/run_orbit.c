// How both players turn about an equilibrium, as training goes (the recipe's orbit.about): about 0,
// or about the weights of a checkpoint, such as the last of an earlier run.
#include "gan/orbit.h"
#include "gan/run_state.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

#define PLAYERS 2

static void list_players(const gan_run *run, const gan_player *players[PLAYERS]) {
    const gan_game *const game = gan__trainer_game(run->trainer);
    players[0] = &game->generator;
    players[1] = &game->discriminator;
}

static size_t weights_of(const gan_player *player) {
    return (size_t)gan__network_parameter_elements(player->network);
}

// The weights that the players have on the device.
static gan_status look(gan_run *run, float *weights) {
    gan_module *const module = gan__trainer_module(run->trainer);
    const gan_player *players[PLAYERS];
    list_players(run, players);
    for (size_t i = 0; i < PLAYERS; weights += weights_of(players[i++]))
        if (weights_of(players[i]) > 0)
            GAN_TRY(gan__module_read_state(module, players[i]->state.parameters, weights));
    return GAN_STATUS_OK;
}

// By way of the device, where training has not begun yet.
static gan_status look_at(gan_run *run, const gan_checkpoint *checkpoint, float *weights) {
    static const char *const prefixes[PLAYERS] = {"generator.", "discriminator."};
    gan_module *const module = gan__trainer_module(run->trainer);
    const gan_player *players[PLAYERS];
    list_players(run, players);
    for (size_t i = 0; i < PLAYERS; i++)
        if (weights_of(players[i]) > 0)
            GAN_TRY(gan__model_load_flat(module, players[i]->state.parameters, players[i]->network,
                                         false, prefixes[i], checkpoint));
    return look(run, weights);
}

static gan_status look_about(gan_run *run, const char *path) {
    gan_checkpoint *checkpoint = NULL;
    if (strcmp(path, "zero") == 0) return GAN_STATUS_OK; // as the memory is
    gan_status status = gan_checkpoint_open(path, &checkpoint);
    if (status == GAN_STATUS_OK) status = look_at(run, checkpoint, run->orbit.about);
    gan_checkpoint_close(checkpoint);
    return status == GAN_STATUS_OK ? status : gan__fail_in(status, "orbit.about: %s", path);
}

gan_status gan__run_find_orbit(gan_run *run) {
    const char *const path = run->values->orbit.about;
    const gan_player *players[PLAYERS];
    void *memory = NULL;
    if (!gan__recipe_has_generator(run->values) || path[0] == '\0') return GAN_STATUS_OK;
    list_players(run, players);
    const size_t count = weights_of(players[0]) + weights_of(players[1]);
    GAN_TRY(gan__alloc(3 * count, sizeof(float), &memory));
    run->orbit = (gan_run_orbit){.count = count,
                                 .about = memory,
                                 .before = (float *)memory + count,
                                 .now = (float *)memory + 2 * count};
    return look_about(run, path);
}

gan_status gan__run_begin_orbit(gan_run *run) {
    run->orbit.has_before = run->record.step == run->record.logged_step;
    return run->orbit.count == 0 ? GAN_STATUS_OK : look(run, run->orbit.before);
}

gan_status gan__run_measure_orbit(gan_run *run, gan_run_metrics *metrics) {
    gan_run_orbit *const orbit = &run->orbit;
    if (orbit->count == 0) return GAN_STATUS_OK;
    GAN_TRY(look(run, orbit->now));
    const gan_orbit_figures figures =
        gan__orbit_measure(orbit->about, orbit->before, orbit->now, orbit->count);
    metrics->has_orbit = true;
    metrics->distance = figures.distance;
    metrics->rotation = orbit->has_before ? figures.rotation : NAN;
    memcpy(orbit->before, orbit->now, orbit->count * sizeof *orbit->now);
    orbit->has_before = true;
    return GAN_STATUS_OK;
}
