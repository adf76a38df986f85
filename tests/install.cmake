# Tests of what is installed and of how the house is built.
add_test(NAME install.symbols COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/symbols
         $<TARGET_FILE:clgan> ${CMAKE_SOURCE_DIR}/include)
add_test(NAME install.use COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/run
         ${CMAKE_BINARY_DIR} ${PROJECT_VERSION})
add_test(NAME house.floors COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/house/floors ${CMAKE_SOURCE_DIR})
add_test(NAME setup.install_deps COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/setup/install-deps
         ${CMAKE_SOURCE_DIR})
set_tests_properties(install.symbols install.use PROPERTIES LABELS install TIMEOUT 300)
set_tests_properties(house.floors setup.install_deps PROPERTIES LABELS house)
if(CLGAN_SANITIZE OR APPLE)
  # A sanitized library wants a sanitized program; nm -D is for ELF.
  set_tests_properties(install.symbols install.use PROPERTIES DISABLED TRUE)
endif()
