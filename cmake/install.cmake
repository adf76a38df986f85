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
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.c)

# Man pages and completions come from the tools' own tables of options.
set(documents)
function(clgan_generate tool document file destination)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/documents/${document}/${file})
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DTOOL=$<TARGET_FILE:${tool}> -DDOCUMENT=${document} -DOUTPUT=${output}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/document.cmake
    DEPENDS ${tool} ${CMAKE_CURRENT_SOURCE_DIR}/cmake/document.cmake VERBATIM)
  install(FILES ${output} DESTINATION ${destination})
  set(documents ${documents} ${output} PARENT_SCOPE)
endfunction()
if(NOT CMAKE_CROSSCOMPILING)
  foreach(tool ${clgan_tools})
    clgan_generate(${tool} man ${tool}.1 ${CMAKE_INSTALL_MANDIR}/man1)
    clgan_generate(${tool} bash ${tool} ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    clgan_generate(${tool} zsh _${tool} ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    clgan_generate(${tool} fish ${tool}.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endforeach()
  add_custom_target(documents ALL DEPENDS ${documents})
endif()

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
