# The surroundings of every test in a build with sanitizers: of the OpenCL implementations only PoCL,
# since others load libraries in a way that the sanitizers refuse (RTLD_DEEPBIND), and no word about
# what drivers, compilers and CLBlast keep until the process ends. What only a thread's own memory still
# points to counts as lost: LeakSanitizer loses its way in that of libraries that PoCL has loaded.
file(GLOB pocl /etc/OpenCL/vendors/pocl*.icd)
set(surroundings "LSAN_OPTIONS=suppressions=${CMAKE_CURRENT_SOURCE_DIR}/leaks.supp:print_suppressions=0:use_tls=0"
                 UBSAN_OPTIONS=print_stacktrace=1)
if(pocl)
  set(vendors ${CMAKE_BINARY_DIR}/vendors)
  file(COPY ${pocl} DESTINATION ${vendors})
  list(APPEND surroundings OCL_ICD_VENDORS=${vendors} OPENCL_VENDOR_PATH=${vendors})
endif()
get_property(all_tests DIRECTORY PROPERTY TESTS)
set_property(TEST ${all_tests} APPEND PROPERTY ENVIRONMENT ${surroundings})

# Tests whose time goes into compiling hundreds of kernels, which is the OpenCL implementation's and
# not sanitized. tools/check leaves them to the default build; the code around them is sanitized by
# shorter tests.
foreach(test runtime.test_gemm graph.test_device_cases graph.test_device_random nn.test_layers
             tools.test_tutorial)
  if(TEST ${test})
    set_property(TEST ${test} APPEND PROPERTY LABELS slow)
  endif()
endforeach()
