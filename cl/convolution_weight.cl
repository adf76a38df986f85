// The kernel of the gradient by weight on CPUs: for each tap the product of a channel of x with a
// filter of y, summed over places and images. y is packed, transposed, block by block; x is read
// where it lies, one element at a time for all filters of a panel. The places of the sum are split
// among work-groups, whose sums gan_convolution_weight_sum adds up in order.
// runtime/convolution_source.c puts the tile functions and these numbers before it:
//     CONV_TILE_ROWS       channels in a tile
//     CONV_COLUMNS         filters in a tile, a multiple of 16: a panel
//     CONV_GROUP_ROWS      channels to a work-group: whole tiles
//     CONV_BLOCK_PLACES    places of a row, and
//     CONV_BLOCK_IMAGES    images of each, that are packed at a time
//
// A split's sums lie as (panel, tap, channel, filter), so that those of a work-group lie together.
__attribute__((reqd_work_group_size(1, 1, 1)))
kernel void gan_convolution_weight(const uint conv_channels, const uint conv_filters,
                                   const uint conv_images, const uint conv_split_blocks, CONV_AXES,
                                   global const float *conv_x, const uint conv_x0,
                                   const uint conv_x_channel, const uint conv_x_row,
                                   const uint conv_x_place, global const float *conv_y,
                                   const uint conv_y0, const uint conv_y_channel,
                                   const uint conv_y_row, const uint conv_y_place,
                                   global float *conv_parts, const uint conv_parts0) {
    local float packed[CONV_BLOCK_PLACES * CONV_BLOCK_IMAGES * CONV_COLUMNS]
        __attribute__((aligned(64)));
    const gan_axis axis_y = CONV_AXIS(y), axis_x = CONV_AXIS(x);
    const uint taps_y = axis_y.kernel_size, taps_x = axis_x.kernel_size;
    const uint panels = (conv_filters + CONV_COLUMNS - 1) / CONV_COLUMNS;
    const uint panel = get_group_id(0) % panels, n_from = panel * CONV_COLUMNS;
    const uint n_count = min((uint)CONV_COLUMNS, conv_filters - n_from);
    const uint c_from = get_group_id(0) / panels * CONV_GROUP_ROWS;
    const uint c_to = min(conv_channels, c_from + CONV_GROUP_ROWS);
    const uint split = get_group_id(1), group = get_group_id(2);
    global float *sums = conv_parts + conv_parts0
        + (size_t)((split * get_num_groups(2) + group) * panels + panel)
            * (taps_y * taps_x * conv_channels * CONV_COLUMNS);
    global const float *x = conv_x + conv_x0 + (size_t)group * conv_channels * conv_x_channel;
    global const float *y = conv_y + conv_y0
        + ((size_t)group * conv_filters + n_from) * conv_y_channel;

    for (uint tap = 0; tap < taps_y * taps_x; tap++)
        for (uint c = c_from; c < c_to; c++)
            for (uint n = 0; n < CONV_COLUMNS; n += 16)
                *(global gan_run *)(sums + (tap * conv_channels + c) * CONV_COLUMNS + n) = 0.0f;

    const uint stretches = (axis_x.to + CONV_BLOCK_PLACES - 1) / CONV_BLOCK_PLACES;
    const uint heaps = (conv_images + CONV_BLOCK_IMAGES - 1) / CONV_BLOCK_IMAGES;
    const uint block_to = min((split + 1) * conv_split_blocks, axis_y.to * stretches * heaps);
    for (uint block = split * conv_split_blocks; block < block_to; block++) {
        const uint heap = block % heaps * CONV_BLOCK_IMAGES;
        const uint images = min((uint)CONV_BLOCK_IMAGES, conv_images - heap);
        const uint ox_from = block / heaps % stretches * CONV_BLOCK_PLACES;
        const uint ox_to = min(axis_x.to, ox_from + CONV_BLOCK_PLACES);
        const uint oy = block / heaps / stretches;
        for (uint ox = ox_from; ox < ox_to; ox++)
            gan_pack_columns(y + (size_t)oy * conv_y_row + (size_t)ox * conv_y_place + heap,
                             conv_y_channel, packed + (ox - ox_from) * images * CONV_COLUMNS,
                             CONV_COLUMNS, n_count, images);
        for (uint ky = 0; ky < taps_y; ky++) {
            const uint iy = oy * axis_y.stride + ky * axis_y.dilation - axis_y.before;
            if (iy >= axis_y.from) continue; // before the first row, too
            for (uint kx = 0; kx < taps_x; kx++) {
                const uint shift = kx * axis_x.dilation - axis_x.before;
                uint from = ox_from, to = ox_to;
                while (from < to && from * axis_x.stride + shift >= axis_x.from) from++;
                while (from < to && (to - 1) * axis_x.stride + shift >= axis_x.from) to--;
                if (from == to) continue;
                global const float *a = x + (size_t)iy * conv_x_row
                    + (size_t)(from * axis_x.stride + shift) * conv_x_place + heap;
                local const float *b = packed + (from - ox_from) * images * CONV_COLUMNS;
                global float *s = sums + (ky * taps_x + kx) * conv_channels * CONV_COLUMNS;
                for (uint c = c_from; c < c_to; c += CONV_TILE_ROWS)
                    CONV_TILE(to - from, images, a + (size_t)c * conv_x_channel, conv_x_channel,
                              (size_t)axis_x.stride * conv_x_place, b, s + c * CONV_COLUMNS, c_to - c);
            }
        }
    }
}
