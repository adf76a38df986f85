// Adds up the splits of the gradient by weight (cl/convolution_weight.cl), always in the same order,
// and stores it as weights lie: GAN_LANES filters of one channel to a work-item.
kernel void gan_convolution_weight_sum(const uint conv_channels, const uint conv_filters,
                                       const uint conv_taps_y, const uint conv_taps_x,
                                       const uint conv_splits, const uint conv_columns,
                                       global const float *conv_parts, const uint conv_parts0,
                                       global float *conv_w, const uint conv_w0,
                                       const uint conv_w_filter, const uint conv_w_channel,
                                       const uint conv_w_y, const uint conv_w_x) {
    const uint n = get_global_id(0) * GAN_LANES, c = get_global_id(1), group = get_global_id(2);
    if (n >= conv_filters) return;
    const uint lanes = min((uint)GAN_LANES, conv_filters - n);
    const uint panels = (conv_filters + conv_columns - 1) / conv_columns;
    const size_t plane = (size_t)conv_taps_y * conv_taps_x * conv_channels * conv_columns;
    const size_t split_step = plane * panels * get_global_size(2);
    global const float *parts = conv_parts + conv_parts0 + (group * panels + n / conv_columns) * plane
        + c * conv_columns + n % conv_columns;
    global float *w = conv_w + conv_w0 + ((size_t)group * conv_filters + n) * conv_w_filter
        + (size_t)c * conv_w_channel;
    for (uint ky = 0; ky < conv_taps_y; ky++)
        for (uint kx = 0; kx < conv_taps_x; kx++) {
            global const float *part =
                parts + (size_t)(ky * conv_taps_x + kx) * conv_channels * conv_columns;
            gan_t sum = gan_load(part, GAN_LANES);
            for (uint split = 1; split < conv_splits; split++)
                sum += gan_load(part + split * split_step, GAN_LANES);
            global float *to = w + (size_t)ky * conv_w_y + (size_t)kx * conv_w_x;
#if GAN_LANES == 1
            *to = sum;
#else
            float each[GAN_LANES];
            vstore16(sum, 0, each);
            for (uint i = 0; i < lanes; i++) to[(size_t)i * conv_w_filter] = each[i];
#endif
        }
}
