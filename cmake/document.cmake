# Writes what `TOOL --generate=DOCUMENT` prints to the file OUTPUT.
get_filename_component(folder ${OUTPUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
execute_process(COMMAND ${TOOL} --generate=${DOCUMENT} OUTPUT_FILE ${OUTPUT} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  file(REMOVE ${OUTPUT})
  message(FATAL_ERROR "${TOOL} --generate=${DOCUMENT} answered ${result}")
endif()
