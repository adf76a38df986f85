// Recipes, and behind a zero byte an override of one key: a recipe that is read is printed as one
// that reads the same, and an override is taken or refused as an argument.
#include "fuzz.h"

#include "base/memory.h"
#include "clgan/recipe.h"

#include <string.h>

static void check_print(gan_recipe *recipe) {
    gan_recipe *again;
    const char *text = gan_recipe_text(recipe);
    fuzz_insist(text != NULL, "a recipe can be printed");
    fuzz_insist(gan_recipe_parse(text, "printed", &again) == GAN_STATUS_OK,
                "a printed recipe can be read");
    fuzz_insist(strcmp(gan_recipe_text(again), text) == 0, "and is the same");
    gan_recipe_destroy(again);
}

static void override(gan_recipe *recipe, const char *assignment) {
    const gan_status status = gan_recipe_set(recipe, assignment);
    fuzz_insist(status == GAN_STATUS_OK || gan_status_exit_code(status) == 2,
                "an override is taken or a wrong argument");
    check_print(recipe);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    gan_recipe *recipe;
    void *copy;
    fuzz_insist(gan__alloc(length + 2, 1, &copy) == GAN_STATUS_OK, "memory");
    char *const text = memcpy(copy, bytes, length); // two zero bytes follow
    const bool read = fuzz_judge(gan_recipe_parse(text, "recipe", &recipe));
    if (read) {
        check_print(recipe);
        override(recipe, text + strlen(text) + 1);
    }
    gan_recipe_destroy(recipe);
    gan__free(copy);
    return 0;
}
