// What work-group after work-group does with the two slabs in local memory, as part of the kernels of
// GPUs: waits until both are loaded, adds their product to the sums, and waits until all are done.
            barrier(CLK_LOCAL_MEM_FENCE);
            for (uint k = 0; k < GROUP_SLAB; k++) {
                float av[4], bv[4];
#pragma unroll
                for (uint i = 0; i < 4; i++) {
                    av[i] = slab_a[k][ly + i * GROUP_SIDE];
                    bv[i] = slab_b[k][lx + i * GROUP_SIDE];
                }
#pragma unroll
                for (uint i = 0; i < 4; i++)
#pragma unroll
                    for (uint j = 0; j < 4; j++) sum[i][j] = fma(av[i], bv[j], sum[i][j]);
            }
            barrier(CLK_LOCAL_MEM_FENCE);
