// The sums of a work-item of the kernels of GPUs, which become part of those kernels
// (runtime/kernel_template.h): 4 x 4 elements, GROUP_SIDE apart each way.
    float sum[4][4];
#pragma unroll
    for (uint i = 0; i < 4; i++)
#pragma unroll
        for (uint j = 0; j < 4; j++) sum[i][j] = 0.0f;
