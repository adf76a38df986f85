// How players turn about a point, and the norms of their gradients on the way, as metrics have it:
// against the closed forms of V = x y, and about a checkpoint.
#include "gan/golden_values.h"
#include "runtime/device_fixture.h"
#include "test_folder.h"

#include "clgan/train.h"
#include "gan/orbit.h"

#include <math.h>
#include <string.h>

enum { LINES_MAX = 16, EVERY = 5 };
#define RATE 0.05

static const char recipe_text[] =
    "name: xy\nbatch: 1\nsteps: 40\ndata: {source: 'builtin:zero'}\nlatent: {size: 1}\n"
    "objective: {kind: wasserstein}\nschedule: {order: simultaneous}\n"
    "generator: {init: zeros, bias_init: {kind: constant, value: 1},\n"
    "  layers: [scale: {factor: 0}, dense: 1]}\n"
    "discriminator: {init: zeros, layers: [dense: {units: 1, bias: false}]}\n"
    "optimizer: {generator: {kind: sgd, lr: 0.05}, discriminator: {kind: sgd, lr: 0.05}}\n"
    "log_every: 5\nsample_every: 0\nsave_every: 0\n";

typedef struct record {
    gan_run_metrics lines[LINES_MAX];
    size_t count;
    gan_run *run;
    uint64_t stop_at; // interrupted there; 0: never
} record;

static void on_step(void *user, uint64_t step) {
    record *const recorded = user;
    if (step > 0 && step == recorded->stop_at)
        gan_run_post(recorded->run, GAN_RUN_REQUEST_INTERRUPT);
}

static void on_metrics(void *user, const gan_run_metrics *metrics) {
    record *const recorded = user;
    assert_true(recorded->count < LINES_MAX);
    recorded->lines[recorded->count++] = *metrics;
}

static gan_status train(const char *out, bool resume, const char *about, const char *setting,
                        record *recorded) {
    const char *const path = in_folder("recipe.yaml");
    char orbit[300];
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs(recipe_text, file);
    fclose(file);
    snprintf(orbit, sizeof orbit, "orbit.about=%s", about);
    const char *const settings[] = {orbit, setting};
    const gan_run_options options = {.recipe = path,
                                     .out = in_folder(out),
                                     .resume = resume,
                                     .settings = settings,
                                     .setting_count = setting == NULL ? 1 : 2};
    const gan_run_callbacks callbacks = {
        .user = recorded, .on_step = on_step, .on_metrics = on_metrics};
    assert_ok(gan_run_open(&options, &recorded->run));
    const gan_status status = gan_run_train(recorded->run, &callbacks);
    gan_run_close(recorded->run);
    return status;
}

static void assert_close(double got, double expected) {
    if (!(fabs(got - expected) <= 2e-6 * fabs(expected)))
        fail_msg("%.9g is not %.9g", got, expected);
}

// In each step x + i y is multiplied by `real` + i RATE, from 1 on.
static void assert_turns(const char *out, const char *setting, double real) {
    record recorded = {0};
    assert_ok(train(out, false, "zero", setting, &recorded));
    assert_int_equal(recorded.count, 40 / EVERY);
    for (size_t i = 0; i < recorded.count; i++) {
        const gan_run_metrics *const line = &recorded.lines[i];
        assert_true(line->has_orbit);
        assert_close(line->distance, pow(hypot(real, RATE), (double)line->step));
        assert_close(line->rotation, EVERY * atan2(RATE, real));
    }
}

static void simultaneous_players_turn_away_by_the_closed_form(void **state) {
    (void)state;
    assert_turns("simultaneous", NULL, 1);
}

static void extragradient_turns_inwards_by_the_closed_form(void **state) {
    (void)state;
    assert_turns("extragradient", "schedule.order=extragradient", 1 - RATE * RATE);
}

static void consensus_turns_inwards_by_the_closed_form(void **state) {
    (void)state;
    assert_turns("consensus", "objective.consensus=0.5", 1 - RATE * 0.5);
}

// In each step x becomes p x + RATE y, and y becomes y - RATE x: where n of them lead from (1, 0),
// by the powers of that matrix.
static void ellipse_after(double p, double n, double *distance, double *angle) {
    const double size = sqrt(p + RATE * RATE), turn = acos((p + 1) / (2 * size));
    const double ahead = sin(n * turn) / sin(turn), behind = size * sin((n - 1) * turn) / sin(turn);
    const double x = p * ahead - behind, y = -RATE * ahead;
    *distance = pow(size, n - 1) * hypot(x, y);
    *angle = atan2(-y, x);
}

static void assert_ellipses(const char *out, const char *setting, double p) {
    record recorded = {0};
    double before, now = 0, distance;
    assert_ok(train(out, false, "zero", setting, &recorded));
    assert_int_equal(recorded.count, 40 / EVERY);
    for (size_t i = 0; i < recorded.count; i++) {
        const gan_run_metrics *const line = &recorded.lines[i];
        before = now;
        ellipse_after(p, (double)line->step, &distance, &now);
        assert_true(line->has_orbit);
        assert_close(line->distance, distance);
        assert_close(line->rotation, now - before);
    }
}

static void alternating_players_turn_on_the_ellipse_of_the_closed_form(void **state) {
    (void)state;
    assert_ellipses("alternating", "schedule.order=alternating", 1 - RATE * RATE);
}

static void gradient_regularization_shrinks_the_ellipse_of_the_closed_form(void **state) {
    (void)state;
    assert_ellipses("regularized", "objective.gradient_regularization=0.5", 1 - RATE * 0.5);
}

// What the key of a line of metrics.jsonl says, the first being 0; NaN where the line has none.
static double number_in_file(const char *run, size_t line, const char *key) {
    static char text[8192];
    char path[64], wanted[64];
    snprintf(path, sizeof path, "%s/metrics.jsonl", run);
    snprintf(wanted, sizeof wanted, "\"%s\": ", key);
    text[read_whole(in_folder(path), (uint8_t *)text, sizeof text)] = '\0';
    char *at = text;
    for (; line > 0; line--) at = strchr(at, '\n') + 1;
    at[strcspn(at, "\n")] = '\0';
    const char *const found = strstr(at, wanted);
    return found == NULL ? NAN : strtod(found + strlen(wanted), NULL);
}

// At x + i y the gradient by the discriminator's weight is x, that by the generator's bias y; the
// first of the steps that a line is the mean of begins where the line before was.
static void norms_of_gradients_are_the_means_of_the_closed_form(void **state) {
    (void)state;
    record recorded = {0};
    assert_ok(train("norms", false, "zero", "log_gradients=true", &recorded));
    assert_int_equal(recorded.count, 40 / EVERY);
    for (size_t i = 0; i < recorded.count; i++) {
        double x = 0, y = 0;
        for (size_t step = i * EVERY; step < (i + 1) * EVERY; step++) {
            const double radius = pow(hypot(1, RATE), (double)step);
            x += fabs(radius * cos((double)step * atan(RATE))) / EVERY;
            y += fabs(radius * sin((double)step * atan(RATE))) / EVERY;
        }
        assert_true(recorded.lines[i].has_gradients);
        assert_close(recorded.lines[i].d_gradient, x);
        assert_close(recorded.lines[i].g_gradient, y);
        assert_close(number_in_file("norms", i, "d_gradient"), x);
        assert_close(number_in_file("norms", i, "g_gradient"), y);
    }
}

static void norms_of_gradients_are_not_there_unless_asked_for(void **state) {
    (void)state;
    record recorded = {0};
    assert_ok(train("no-norms", false, "zero", NULL, &recorded));
    assert_int_equal(recorded.count, 40 / EVERY);
    for (size_t i = 0; i < recorded.count; i++) {
        assert_false(recorded.lines[i].has_gradients);
        assert_false(isnan(number_in_file("no-norms", i, "d_loss")));
        assert_true(isnan(number_in_file("no-norms", i, "d_gradient")));
        assert_true(isnan(number_in_file("no-norms", i, "g_gradient")));
    }
}

static void a_run_about_its_own_end_arrives_there_and_changes_by_nothing(void **state) {
    (void)state;
    record about_zero = {0}, about_end = {0};
    assert_ok(train("first", false, "zero", NULL, &about_zero));
    assert_ok(train("second", false, in_folder("first/latest.gan"), NULL, &about_end));
    for (size_t i = 0; i < about_zero.count; i++)
        assert_true(about_zero.lines[i].d_loss == about_end.lines[i].d_loss);
    const gan_run_metrics *const last = &about_end.lines[about_end.count - 1];
    assert_true(about_end.lines[0].distance > 1);
    assert_true(last->distance == 0 && isnan(last->rotation));
}

// Where they were at the line before is not known then; after that it is.
static void a_resume_between_two_lines_leaves_one_angle_out(void **state) {
    (void)state;
    record straight = {0}, first = {.stop_at = 16}, second = {0};
    assert_ok(train("straight", false, "zero", NULL, &straight));
    assert_int_equal(train("parts", false, "zero", NULL, &first), GAN_STATUS_INTERRUPTED);
    assert_ok(train("parts", true, "zero", NULL, &second));
    assert_int_equal(second.lines[0].step, 20);
    assert_true(isnan(second.lines[0].rotation));
    for (size_t i = 0; i < second.count; i++) {
        const gan_run_metrics *const same = &straight.lines[straight.count - second.count + i];
        assert_true(second.lines[i].distance == same->distance);
        assert_true(i == 0 || second.lines[i].rotation == same->rotation);
    }
}

static void a_point_that_is_not_there_is_refused_by_name(void **state) {
    (void)state;
    record recorded = {0};
    assert_int_equal(train("nowhere", false, "no-such.gan", NULL, &recorded), GAN_STATUS_BAD_INPUT);
    assert_non_null(strstr(gan_status_message(), "orbit.about: no-such.gan"));
}

// A cosine of so small an angle is 1.
static void small_angles_are_angles(void **state) {
    (void)state;
    const float about[] = {1, 1, 5}, before[] = {2, 1, 5}, now[] = {3, 1.0000002384185791f, 5};
    const gan_orbit_figures far = gan__orbit_measure(about, before, now, 3);
    assert_close(far.distance, 2);
    assert_close(far.rotation, 2.384185791015625e-7 / 2);
    assert_true(isnan(gan__orbit_measure(about, before, about, 3).rotation));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simultaneous_players_turn_away_by_the_closed_form),
        cmocka_unit_test(extragradient_turns_inwards_by_the_closed_form),
        cmocka_unit_test(consensus_turns_inwards_by_the_closed_form),
        cmocka_unit_test(alternating_players_turn_on_the_ellipse_of_the_closed_form),
        cmocka_unit_test(gradient_regularization_shrinks_the_ellipse_of_the_closed_form),
        cmocka_unit_test(norms_of_gradients_are_the_means_of_the_closed_form),
        cmocka_unit_test(norms_of_gradients_are_not_there_unless_asked_for),
        cmocka_unit_test(a_run_about_its_own_end_arrives_there_and_changes_by_nothing),
        cmocka_unit_test(a_resume_between_two_lines_leaves_one_angle_out),
        cmocka_unit_test(a_point_that_is_not_there_is_refused_by_name),
        cmocka_unit_test(small_angles_are_angles),
    };
    return cmocka_run_group_tests_name("orbits", tests, make_folder, remove_folder);
}
