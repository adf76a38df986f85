// The kernel of the forward convolution and of the gradient by input on CPUs: a matrix product of
// the packed weights (cl/convolution_pack.cl) with windows of the source, which are gathered into
// local memory block by block. runtime/convolution_source.c puts the tile functions and these
// numbers before it, and fills in the two marked places:
//     CONV_BY_INPUT       which member
//     CONV_TILE_ROWS      channels of the result in a tile
//     CONV_COLUMNS        (place, image) pairs in a tile, a multiple of 16: a panel of columns
//     CONV_PANELS         panels of columns that a work-group takes
//     CONV_GROUP_ROWS     channels of the result that a work-group takes: whole tiles
//     CONV_BLOCK_TAPS     taps gathered at a time, and
//     CONV_BLOCK_DEPTH    channels of each: all of them where several taps are taken at a time
//
// Columns are runs of 16 images; the places of a class follow each other row by row. Of the last run
// of a place conv_last_lanes images may be read: all 16 where what lies behind them is the buffer's.

// Copies `count` runs of 16 images of each of `depth` channels. The last run of a place may be
// shorter.
static inline void gan_gather(global const float *from, const size_t channel, local float *to,
                              const uint count, const uint last_lanes, const uint depth) {
    if (count * 16 == CONV_COLUMNS && last_lanes == 16) {
        for (uint c = 0; c < depth; c++)
#pragma unroll
            for (uint j = 0; j < CONV_COLUMNS / 16; j++)
                *(local float16 *)(to + c * CONV_COLUMNS + 16 * j) = vload16(j, from + c * channel);
        return;
    }
    for (uint c = 0; c < depth; c++)
        for (uint j = 0; j < count; j++)
            *(local float16 *)(to + c * CONV_COLUMNS + 16 * j) =
                gan_load(from + c * channel + 16 * j, j + 1 == count ? last_lanes : 16);
}

static inline void gan_gather_zeros(local float *to, const uint count, const uint depth) {
    for (uint c = 0; c < depth; c++)
        for (uint j = 0; j < count; j++)
            *(local float16 *)(to + c * CONV_COLUMNS + 16 * j) = 0.0f;
}

// Where the place that a run belongs to meets a tap in the source; 0 where it does not.
static inline global const float *gan_window(global const float *source, const uint row,
                                             const uint place_step, const uint run,
                                             const uint place_runs, const gan_places y,
                                             const gan_places x, const gan_axis axis_y,
                                             const gan_axis axis_x, const uint tap) {
    const uint place = run / place_runs;
    const uint from_y = (uint)((int)(place / x.count * y.move) + y.at
                               + (int)(tap / x.taps) * y.at_step);
    const uint from_x = (uint)((int)(place % x.count * x.move) + x.at
                               + (int)(tap % x.taps) * x.at_step);
    if (from_y >= axis_y.from || from_x >= axis_x.from) return 0;
    return source + (size_t)from_y * row + (size_t)from_x * place_step
        + 16 * (run % place_runs);
}

__attribute__((reqd_work_group_size(1, 1, 1)))
kernel void gan_convolution(const uint conv_rows, const uint conv_depth, const uint conv_images,
                            const uint conv_last_lanes, CONV_AXES, global const float *conv_w,
                            const uint conv_w0, global const float *conv_x, const uint conv_x0,
                            const uint conv_channel, const uint conv_row, const uint conv_place
//@parameters
) {
    local float gathered[CONV_PANELS * CONV_BLOCK_TAPS * CONV_BLOCK_DEPTH * CONV_COLUMNS]
        __attribute__((aligned(64)));
    local float sums[CONV_PANELS * CONV_GROUP_ROWS * CONV_COLUMNS] __attribute__((aligned(64)));
    const gan_axis axis_y = CONV_AXIS(y), axis_x = CONV_AXIS(x);
    const uint place_runs = (conv_images + 15) / 16;
    const uint group = get_group_id(2);

    gan_block block;
    gan_find_block(axis_y, axis_x, CONV_BY_INPUT, place_runs, CONV_PANELS * CONV_COLUMNS / 16,
                   get_group_id(0), &block);
    const gan_places y = block.y, x = block.x;
    const uint first_run = block.from, runs = block.to;
    const uint panels = (runs - first_run + CONV_COLUMNS / 16 - 1) / (CONV_COLUMNS / 16);

    const uint m_from = get_group_id(1) * CONV_GROUP_ROWS;
    const uint m_to = min(conv_rows, m_from + CONV_GROUP_ROWS);
    const uint tile_panels = (conv_rows + CONV_TILE_ROWS - 1) / CONV_TILE_ROWS;
    const uint taps = y.taps * x.taps;
    const size_t tap_floats = (size_t)conv_depth * CONV_TILE_ROWS;
    global const float *w = conv_w + conv_w0 + (block.taps_before
        + (size_t)group * axis_y.kernel_size * axis_x.kernel_size) * tile_panels * tap_floats;
    global const float *source = conv_x + conv_x0 + (size_t)group * conv_depth * conv_channel;

    bool started[CONV_PANELS], met[CONV_PANELS];
    global const float *ahead[CONV_PANELS];
    const uint ahead_rows = CONV_BLOCK_TAPS * CONV_BLOCK_DEPTH * CONV_TILE_ROWS
        / (m_to - m_from + CONV_TILE_ROWS - 1) + 1;
    for (uint p = 0; p < CONV_PANELS; p++) started[p] = false;
    for (uint tap = 0; tap < taps; tap += CONV_BLOCK_TAPS)
        for (uint c = 0; c < conv_depth; c += CONV_BLOCK_DEPTH) {
            const uint block_taps = min((uint)CONV_BLOCK_TAPS, taps - tap);
            const uint channels = min((uint)CONV_BLOCK_DEPTH, conv_depth - c);
            const uint depth = block_taps * channels;
            for (uint p = 0; p < panels; p++) {
                local float *panel = gathered
                    + p * CONV_BLOCK_TAPS * CONV_BLOCK_DEPTH * CONV_COLUMNS;
                const uint run_from = first_run + p * (CONV_COLUMNS / 16);
                const uint run_to = min(runs, run_from + CONV_COLUMNS / 16);
                met[p] = false;
                for (uint run = run_from; run < run_to;) {
                    const uint of_place = run % place_runs;
                    const uint count = min(run_to - run, place_runs - of_place);
                    const uint lanes = of_place + count == place_runs ? conv_last_lanes : 16;
                    local float *to = panel + 16 * (run - run_from);
                    for (uint t = tap; t < tap + block_taps; t++) {
                        global const float *from =
                            gan_window(source + (size_t)c * conv_channel, conv_row, conv_place, run,
                                       place_runs, y, x, axis_y, axis_x, t);
                        if (from) {
                            gan_gather(from, conv_channel, to, count, lanes, channels);
                            met[p] = true;
                        } else {
                            gan_gather_zeros(to, count, channels);
                        }
                        to += channels * CONV_COLUMNS;
                    }
                    run += count;
                }
            }
            // What the next block gathers is asked for while this one is multiplied.
            const bool same_tap = c + CONV_BLOCK_DEPTH < conv_depth;
            const uint next_tap = same_tap ? tap : tap + CONV_BLOCK_TAPS;
            const uint next_c = same_tap ? c + CONV_BLOCK_DEPTH : 0;
            for (uint p = 0; p < panels; p++)
                ahead[p] = next_tap < taps
                    ? gan_window(source + (size_t)next_c * conv_channel, conv_row, conv_place,
                                 first_run + p * (CONV_COLUMNS / 16), place_runs, y, x, axis_y,
                                 axis_x, next_tap)
                    : 0;
            for (uint m = m_from; m < m_to; m += CONV_TILE_ROWS) {
                global const float *a = w + (size_t)m * taps * conv_depth
                    + ((size_t)tap * conv_depth + c) * CONV_TILE_ROWS;
                for (uint p = 0; p < panels; p++) {
                    local const float *b = gathered
                        + p * CONV_BLOCK_TAPS * CONV_BLOCK_DEPTH * CONV_COLUMNS;
                    local float *s = sums + (p * CONV_GROUP_ROWS + m - m_from) * CONV_COLUMNS;
                    for (uint i = 0; ahead[p] && i < ahead_rows; i++, ahead[p] += conv_channel)
                        for (uint j = 0; j < CONV_COLUMNS; j += 16) GAN_READ_SOON(ahead[p] + j);
                    if (met[p]) {
                        CONV_TILE(depth, a, b, s, !started[p], m_to - m);
                    }
                }
            }
            for (uint p = 0; p < panels; p++) started[p] = started[p] || met[p];
        }

    for (uint p = 0; p < panels; p++) {
        const uint run_from = first_run + p * (CONV_COLUMNS / 16);
        const uint run_to = min(runs, run_from + CONV_COLUMNS / 16);
        for (uint row = m_from; row < m_to; row++)
            for (uint run = run_from; run < run_to; run++) {
                const uint place = run / place_runs, n = run % place_runs * 16;
                const uint place_y = y.first + place / x.count * y.step;
                const uint place_x = x.first + place % x.count * x.step;
                const uint m = group * conv_rows + row, lanes = min(16u, conv_images - n);
                const gan_t acc = started[p]
                    ? vload16(run - run_from,
                              sums + (p * CONV_GROUP_ROWS + row - m_from) * CONV_COLUMNS)
                    : (gan_t)(0.0f);
                {
//@store
                }
            }
    }
}
