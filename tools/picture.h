// A picture of the library's on the terminal, as well as the terminal can: through chafa
// (https://hpjansson.org/chafa/) where it is installed, which knows sixels, kitty's and iTerm's
// graphics and many more characters than we do; else in half blocks (term/image.h).
#ifndef GAN_TOOLS_PICTURE_H
#define GAN_TOOLS_PICTURE_H

#include "clgan/image.h"
#include "term/terminal.h"

// Errors: BAD_OUTPUT, CLOSED, NO_MEMORY.
gan_status gan__picture_show(const gan_image *image, const gan_terminal *terminal);

#endif
