// The kernel of the gradient by weight on GPUs: runtime/convolution_source.c defines GROUP_SIDE (the
// work-group is GROUP_SIDE x GROUP_SIDE) and CONV_BLOCK_IMAGES. A work-group owns a square of (tap,
// channel) rows by filters, each work-item 4 x 4 elements of it, and one split of the places and
// images that are summed over; slabs of 16 images at one place pass through local memory. The splits'
// sums lie as those of cl/convolution_weight.cl do.
#define GROUP_SQUARE (4 * GROUP_SIDE)
#define GROUP_SLAB   16

__attribute__((reqd_work_group_size(GROUP_SIDE, GROUP_SIDE, 1)))
kernel void gan_convolution_weight(const uint conv_channels, const uint conv_filters,
                                   const uint conv_images, const uint conv_split_blocks, CONV_AXES,
                                   global const float *conv_x, const uint conv_x0,
                                   const uint conv_x_channel, const uint conv_x_row,
                                   const uint conv_x_place, global const float *conv_y,
                                   const uint conv_y0, const uint conv_y_channel,
                                   const uint conv_y_row, const uint conv_y_place,
                                   global float *conv_parts, const uint conv_parts0) {
    local float slab_a[GROUP_SLAB][GROUP_SQUARE + 1], slab_b[GROUP_SLAB][GROUP_SQUARE + 1];
    local uint row_y[GROUP_SQUARE], row_x[GROUP_SQUARE], row_channel[GROUP_SQUARE];
    const uint lx = get_local_id(0), ly = get_local_id(1), item = ly * GROUP_SIDE + lx;
    const gan_axis axis_y = CONV_AXIS(y), axis_x = CONV_AXIS(x);
    const uint panels = (conv_filters + GROUP_SQUARE - 1) / GROUP_SQUARE;
    const uint panel = get_group_id(0) % panels, n_from = panel * GROUP_SQUARE;
    const uint rows = axis_y.kernel_size * axis_x.kernel_size * conv_channels;
    const uint r_from = get_group_id(0) / panels * GROUP_SQUARE;
    const uint split = get_group_id(1), group = get_group_id(2);
    global const float *x = conv_x + conv_x0 + (size_t)group * conv_channels * conv_x_channel;
    global const float *y = conv_y + conv_y0
        + ((size_t)group * conv_filters + n_from) * conv_y_channel;

    // Where a row's tap stands at place (0, 0); a row past the last one meets nothing.
    for (uint i = item; i < GROUP_SQUARE; i += GROUP_SIDE * GROUP_SIDE) {
        const uint row = r_from + i, tap = row / conv_channels;
        const uint ky = tap / axis_x.kernel_size, kx = tap % axis_x.kernel_size;
        row_y[i] = row < rows ? ky * axis_y.dilation - axis_y.before : 1u << 30;
        row_x[i] = kx * axis_x.dilation - axis_x.before;
        row_channel[i] = row % conv_channels;
    }
//@group_sums
    barrier(CLK_LOCAL_MEM_FENCE);

    const uint heaps = (conv_images + CONV_BLOCK_IMAGES - 1) / CONV_BLOCK_IMAGES;
    const uint block_to = min((split + 1) * conv_split_blocks, axis_y.to * axis_x.to * heaps);
    for (uint block = split * conv_split_blocks; block < block_to; block++) {
        const uint heap = block % heaps * CONV_BLOCK_IMAGES;
        const uint heap_to = min(conv_images, heap + CONV_BLOCK_IMAGES);
        const uint ox = block / heaps % axis_x.to, oy = block / heaps / axis_x.to;
        for (uint b = heap; b < heap_to; b += GROUP_SLAB) {
            for (uint e = item; e < GROUP_SLAB * GROUP_SQUARE; e += GROUP_SIDE * GROUP_SIDE) {
                const uint k = e % GROUP_SLAB, i = e / GROUP_SLAB;
                const uint iy = oy * axis_y.stride + row_y[i], ix = ox * axis_x.stride + row_x[i];
                const bool deep = b + k < heap_to;
                slab_a[k][i] = deep && iy < axis_y.from && ix < axis_x.from
                    ? x[(size_t)row_channel[i] * conv_x_channel + (size_t)iy * conv_x_row
                        + (size_t)ix * conv_x_place + b + k] : 0.0f;
                slab_b[k][i] = deep && n_from + i < conv_filters
                    ? y[(size_t)i * conv_y_channel + (size_t)oy * conv_y_row
                        + (size_t)ox * conv_y_place + b + k] : 0.0f;
            }
//@group_product
        }
    }
    global float *sums = conv_parts + conv_parts0
        + (size_t)((split * get_num_groups(2) + group) * panels + panel) * rows * GROUP_SQUARE;
#pragma unroll
    for (uint i = 0; i < 4; i++)
#pragma unroll
        for (uint j = 0; j < 4; j++) {
            const uint row = r_from + ly + i * GROUP_SIDE;
            if (row < rows) sums[row * GROUP_SQUARE + lx + j * GROUP_SIDE] = sum[i][j];
        }
}
