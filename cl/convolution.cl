// What convolutions know of one axis: which taps of the kernel a place of the result meets, and
// where in the source. Of the forward convolution all places meet the same taps. Of the gradient by
// input those with the same remainder modulo the stride do: they are a class, and the taps of all
// classes are those of the kernel, each once.
typedef struct gan_axis {
    uint kernel_size, stride, dilation, before;
    uint from, to; // places of the source and of the result
} gan_axis;

typedef struct gan_places {
    uint first, step, count; // places of the result: first, first + step, ...
    uint taps;
    uint tap, tap_step;   // in the kernel: tap, tap + tap_step, ...
    uint move;            // tap t of the class's place p is met at p move + at + t at_step
    int at, at_step;
} gan_places;

// Structures go through pointers: of those that are returned LLVM notes where they do not overlap, in
// a word that Oclgrind 21.10 does not know.
static inline void gan_all_places(const gan_axis axis, gan_places *p) {
    p->first = 0, p->step = 1, p->count = axis.to;
    p->taps = axis.kernel_size, p->tap = 0, p->tap_step = 1;
    p->move = axis.stride, p->at = -(int)axis.before, p->at_step = (int)axis.dilation;
}

// Taps of one class are so far apart that their dilation is a multiple of the stride.
static inline uint gan_tap_step(const gan_axis axis) {
    uint step = 1;
    while (step * axis.dilation % axis.stride != 0) step++;
    return step;
}

static inline void gan_class_places(const gan_axis axis, const uint class, gan_places *p) {
    const uint step = gan_tap_step(axis), remainder = (class + axis.before) % axis.stride;
    p->first = class, p->step = axis.stride, p->move = 1;
    p->count = class < axis.to ? (axis.to - class + axis.stride - 1) / axis.stride : 0;
    p->tap = 0, p->tap_step = step;
    while (p->tap < step && p->tap * axis.dilation % axis.stride != remainder) p->tap++;
    p->taps = p->tap < step && p->tap < axis.kernel_size
        ? (axis.kernel_size - p->tap + step - 1) / step : 0;
    p->at = ((int)(class + axis.before) - (int)(p->tap * axis.dilation)) / (int)axis.stride;
    p->at_step = -(int)(step * axis.dilation / axis.stride);
}

static inline uint gan_axis_classes(const gan_axis axis, const bool by_input) {
    return by_input ? axis.stride : 1;
}

static inline void gan_axis_places(const gan_axis axis, const bool by_input, const uint class,
                                   gan_places *p) {
    if (by_input)
        gan_class_places(axis, class, p);
    else
        gan_all_places(axis, p);
}

// Taps of the classes before this one.
static inline uint gan_taps_before(const gan_axis axis, const bool by_input, const uint class) {
    uint taps = 0;
    for (uint i = 0; i < class; i++) {
        gan_places p;
        gan_axis_places(axis, by_input, i, &p);
        taps += p.taps;
    }
    return taps;
}

// The class whose taps the kernel's tap is one of.
static inline uint gan_class_of_tap(const gan_axis axis, const bool by_input, const uint tap) {
    if (!by_input) return 0;
    return (tap * axis.dilation + (axis.before / axis.stride + 1) * axis.stride - axis.before)
        % axis.stride;
}

// What a work-group that takes `block_size` of the columns of one class works on: block after block
// of each class. Columns are the class's places, row by row, each of them `of_place` columns.
typedef struct gan_block {
    gan_places y, x;
    uint from, to;     // columns
    uint taps_before;  // of the classes before this one
} gan_block;

static inline void gan_find_block(const gan_axis axis_y, const gan_axis axis_x, const bool by_input,
                                  const uint of_place, const uint block_size, const uint number,
                                  gan_block *b) {
    const uint classes_x = gan_axis_classes(axis_x, by_input);
    uint block = number, class_y = 0, class_x = 0;
    for (;;) {
        gan_axis_places(axis_y, by_input, class_y, &b->y);
        gan_axis_places(axis_x, by_input, class_x, &b->x);
        b->to = b->y.count * b->x.count * of_place;
        const uint blocks = (b->to + block_size - 1) / block_size;
        if (block < blocks) break;
        block -= blocks;
        if (++class_x == classes_x) class_x = 0, class_y++;
    }
    b->from = block * block_size;
    b->to = min(b->to, b->from + block_size);
    b->taps_before = gan_taps_before(axis_y, by_input, class_y) * axis_x.kernel_size
        + b->y.taps * gan_taps_before(axis_x, by_input, class_x);
}
