// The kernel of the forward convolution and of the gradient by input on GPUs, completed by
// runtime/convolution_source.c, which defines GROUP_SIDE (the work-group is GROUP_SIDE x GROUP_SIDE)
// and CONV_BY_INPUT and fills in the marked places. A work-group owns a square of the result,
// channels by (place, image) pairs of one class, each work-item 4 x 4 elements of it; slabs of the
// packed weights (cl/convolution_pack.cl) and of windows of the source, for one tap after the other,
// pass through local memory. Neighbours in the group load neighbours in memory.
#define GROUP_SQUARE (4 * GROUP_SIDE)
#define GROUP_SLAB   16

__attribute__((reqd_work_group_size(GROUP_SIDE, GROUP_SIDE, 1)))
kernel void gan_convolution(const uint conv_rows, const uint conv_depth, const uint conv_images,
                            const uint conv_last_lanes, CONV_AXES, global const float *conv_w,
                            const uint conv_w0, global const float *conv_x, const uint conv_x0,
                            const uint conv_channel, const uint conv_row, const uint conv_place
//@parameters
) {
    local float slab_a[GROUP_SLAB][GROUP_SQUARE + 1], slab_b[GROUP_SLAB][GROUP_SQUARE + 1];
    local int column_y[GROUP_SQUARE], column_x[GROUP_SQUARE];
    local uint column_image[GROUP_SQUARE];
    const uint lx = get_local_id(0), ly = get_local_id(1), item = ly * GROUP_SIDE + lx;
    const uint group = get_group_id(2), m_from = get_group_id(1) * GROUP_SQUARE;
    const gan_axis axis_y = CONV_AXIS(y), axis_x = CONV_AXIS(x);
    gan_block block;
    gan_find_block(axis_y, axis_x, CONV_BY_INPUT, conv_images, GROUP_SQUARE, get_group_id(0), &block);
    const gan_places y = block.y, x = block.x;
    const uint taps = y.taps * x.taps, panels = (conv_rows + GROUP_SQUARE - 1) / GROUP_SQUARE;
    global const float *w = conv_w + conv_w0
        + ((block.taps_before + (size_t)group * axis_y.kernel_size * axis_x.kernel_size) * panels
           + get_group_id(1) * taps) * conv_depth * GROUP_SQUARE;
    global const float *source = conv_x + conv_x0 + (size_t)group * conv_depth * conv_channel;

    // A column past the last one meets nothing.
    for (uint j = item; j < GROUP_SQUARE; j += GROUP_SIDE * GROUP_SIDE) {
        const uint column = block.from + j, place = column / conv_images;
        column_y[j] = column < block.to ? (int)(place / x.count * y.move) + y.at : INT_MIN / 2;
        column_x[j] = (int)(place % x.count * x.move) + x.at;
        column_image[j] = column % conv_images;
    }
//@group_sums
    barrier(CLK_LOCAL_MEM_FENCE);

    for (uint tap = 0; tap < taps; tap++) {
        const int shift_y = (int)(tap / x.taps) * y.at_step;
        const int shift_x = (int)(tap % x.taps) * x.at_step;
        for (uint c = 0; c < conv_depth; c += GROUP_SLAB) {
            for (uint e = item; e < GROUP_SLAB * GROUP_SQUARE; e += GROUP_SIDE * GROUP_SIDE) {
                const uint k = e / GROUP_SQUARE, j = e % GROUP_SQUARE;
                const uint from_y = (uint)(column_y[j] + shift_y);
                const uint from_x = (uint)(column_x[j] + shift_x);
                const bool deep = c + k < conv_depth;
                slab_a[k][j] = deep && m_from + j < conv_rows
                    ? w[((size_t)tap * conv_depth + c + k) * GROUP_SQUARE + j] : 0.0f;
                slab_b[k][j] = deep && from_y < axis_y.from && from_x < axis_x.from
                    ? source[(size_t)(c + k) * conv_channel + (size_t)from_y * conv_row
                             + (size_t)from_x * conv_place + column_image[j]] : 0.0f;
            }
//@group_product
        }
    }
    const uint lanes = 1;
#pragma unroll
    for (uint i = 0; i < 4; i++)
#pragma unroll
        for (uint j = 0; j < 4; j++) {
            const uint row = m_from + ly + i * GROUP_SIDE, column = block.from + lx + j * GROUP_SIDE;
            const uint place = column / conv_images, n = column % conv_images;
            const uint place_y = y.first + place / x.count * y.step;
            const uint place_x = x.first + place % x.count * x.step;
            const uint m = group * conv_rows + row;
            const gan_t acc = sum[i][j];
            if (row < conv_rows && column < block.to) {
//@store
            }
        }
}
