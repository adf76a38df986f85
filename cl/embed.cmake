# Makes cl/*.cl part of the library: clgan_embed_kernels(FILE) generates a C file with their texts,
# for runtime/embedded.h. Run as a script (cmake -P) it does the generating.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Generated from cl/*.cl by cl/embed.cmake.\n#include \"runtime/embedded.h\"\n\n#include <string.h>\n\n")
  set(table "")
  foreach(path ${SOURCES})
    get_filename_component(name ${path} NAME_WE)
    file(READ ${path} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    string(APPEND text "static const char ${name}_text[] = {${bytes}0x00};\n")
    string(APPEND table "    if (strcmp(name, \"${name}\") == 0) return ${name}_text;\n")
  endforeach()
  string(APPEND text "\nconst char *gan__embedded_kernel(const char *name) {\n${table}    return NULL;\n}\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

set(clgan_embed_script ${CMAKE_CURRENT_LIST_FILE})
function(clgan_embed_kernels output)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cl/*.cl)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DSOURCES=${sources}" -DOUTPUT=${output} -P ${clgan_embed_script}
    DEPENDS ${sources} ${clgan_embed_script} VERBATIM)
endfunction()
