# The programs of tools/bench: built with the tests, run by hand. Those that measure what a user gets
# know only the public API; the others measure a floor.
foreach(what train sample checkpoint bound)
  add_executable(bench_${what} bench/${what}.c bench/serve.c)
  target_link_libraries(bench_${what} PRIVATE clgan m)
endforeach()
foreach(what limits kernels)
  add_executable(bench_${what} bench/${what}.c bench/serve.c)
endforeach()
target_link_libraries(bench_limits PRIVATE clgan_runtime)
target_link_libraries(bench_kernels PRIVATE clgan_nn)
add_executable(bench_convolution bench/convolution.c bench/launches.c bench/serve.c)
target_link_libraries(bench_convolution PRIVATE clgan_runtime)
target_sources(bench_gemm PRIVATE bench/launches.c bench/serve.c)
