// Lays the weights of a convolution out as its tiles read them: for each group, class of places and
// panel of CONV_TILE_ROWS channels of the result, the class's taps one after the other, for each the
// channels summed over, for each of those the panel's rows. runtime/convolution_source.c defines
// CONV_TILE_ROWS and CONV_BY_INPUT. CONV_PACK_ITEMS work-items pack CONV_PACK_DEPTH summed channels of
// a panel: one on CPUs, one a row on GPUs.
kernel void gan_convolution_pack(const uint conv_rows, const uint conv_depth, CONV_AXES,
                                 global const float *conv_w, const uint conv_w0,
                                 const uint conv_w_group, const uint conv_w_row,
                                 const uint conv_w_depth, const uint conv_w_y, const uint conv_w_x,
                                 global float *conv_packed, const uint conv_packed0) {
    const gan_axis axis_y = CONV_AXIS(y), axis_x = CONV_AXIS(x);
    const uint panels = (conv_rows + CONV_TILE_ROWS - 1) / CONV_TILE_ROWS;
    const uint panel = get_global_id(1), group = get_global_id(2);
    const uint from = get_global_id(0) / CONV_PACK_ITEMS * CONV_PACK_DEPTH;
    const uint to = min(conv_depth, from + CONV_PACK_DEPTH);
    const uint rows = min((uint)CONV_TILE_ROWS, conv_rows - panel * CONV_TILE_ROWS);
    const size_t tap_floats = (size_t)conv_depth * CONV_TILE_ROWS;
    const uint all_taps = axis_y.kernel_size * axis_x.kernel_size;
    global float *packed = conv_packed + conv_packed0 + group * all_taps * panels * tap_floats;
    global const float *w = conv_w + conv_w0 + (size_t)group * conv_w_group
        + (size_t)panel * CONV_TILE_ROWS * conv_w_row;
    for (uint ky = 0; ky < axis_y.kernel_size; ky++) {
        const uint class_y = gan_class_of_tap(axis_y, CONV_BY_INPUT, ky);
        gan_places y;
        gan_axis_places(axis_y, CONV_BY_INPUT, class_y, &y);
        const uint rows_before = gan_taps_before(axis_y, CONV_BY_INPUT, class_y);
        for (uint kx = 0; kx < axis_x.kernel_size; kx++) {
            const uint class_x = gan_class_of_tap(axis_x, CONV_BY_INPUT, kx);
            gan_places x;
            gan_axis_places(axis_x, CONV_BY_INPUT, class_x, &x);
            const uint taps_before = rows_before * axis_x.kernel_size
                + y.taps * gan_taps_before(axis_x, CONV_BY_INPUT, class_x);
            const uint tap = (ky - y.tap) / y.tap_step * x.taps + (kx - x.tap) / x.tap_step;
            global float *tile = packed + (taps_before * panels + panel * y.taps * x.taps + tap)
                * tap_floats;
            global const float *taken = w + (size_t)ky * conv_w_y + (size_t)kx * conv_w_x;
            for (uint c = from; c < to; c++)
                for (uint i = get_global_id(0) % CONV_PACK_ITEMS; i < rows; i += CONV_PACK_ITEMS)
                    tile[c * CONV_TILE_ROWS + i] =
                        taken[(size_t)c * conv_w_depth + (size_t)i * conv_w_row];
        }
    }
}
