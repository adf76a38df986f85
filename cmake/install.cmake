# What `cmake --install` puts down: tools, library, headers, recipes, and what pkg-config and CMake
# need to find them. Everything is found relative to itself, so the folder may be moved.
include(CMakePackageConfigHelpers)

if(APPLE)
  set(here @loader_path)
else()
  set(here $ORIGIN)
endif()
file(RELATIVE_PATH tools_to_library /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
if(clgan_tools)
  set_target_properties(${clgan_tools} PROPERTIES INSTALL_RPATH ${here}/${tools_to_library})
  install(TARGETS ${clgan_tools} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(TARGETS clgan EXPORT clgan LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/clgan DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/clgan/models
        FILES_MATCHING PATTERN *.yaml)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/clgan)
install(EXPORT clgan FILE clganTargets.cmake NAMESPACE clgan:: DESTINATION ${package_folder})
configure_package_config_file(cmake/clganConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/clganConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/clganConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/clganConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/clganConfigVersion.cmake DESTINATION ${package_folder})

set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_to_prefix /${pkgconfig_folder} /)
configure_file(cmake/clgan.pc.in ${CMAKE_CURRENT_BINARY_DIR}/clgan.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/clgan.pc DESTINATION ${pkgconfig_folder})
