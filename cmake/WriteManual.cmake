# Writes the pages of the manual, and the completions of bash, as the program tells them.
#   cmake -DPROGRAM=bin/distsne -DOUTPUT=manual -P WriteManual.cmake
# With -DCOMPRESS=ON the pages are compressed, as packages have them.
function(ask file)
  execute_process(COMMAND ${PROGRAM} help ${ARGN} OUTPUT_VARIABLE text ERROR_VARIABLE errors RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} help ${ARGN}: ${errors}")
  endif()
  file(WRITE ${OUTPUT}/${file} "${text}")
endfunction()

file(REMOVE_RECURSE ${OUTPUT})
ask(man1/distsne.1 --man)
file(STRINGS ${OUTPUT}/man1/distsne.1 commands REGEX "^\\.BR distsne")
foreach(line IN LISTS commands)
  string(REGEX REPLACE "^\\.BR distsne\\\\-([a-z]+) .*$" "\\1" command "${line}")
  ask(man1/distsne-${command}.1 ${command} --man)
endforeach()
if(COMPRESS)
  file(GLOB pages ${OUTPUT}/man1/*)
  execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
endif()
ask(bash/distsne --bash)
