# add_python_test(ROOM NAME [PROCESSORS n] [TIMEOUT seconds=60] [RUN_SERIAL]): tests/ROOM/test_NAME.py as one test,
# which is told where the program is and how to start it on several ranks. Most of its time a script waits, or has one
# rank or itself at work, so that it counts as one processor unless told otherwise. Those that may take longest are
# started first. A script in which every case is skipped counts as skipped, so that ctest says so.
function(add_python_test room name)
  cmake_parse_arguments(ARG "RUN_SERIAL" "PROCESSORS;TIMEOUT" "" ${ARGN})
  list(JOIN DISTSNE_MPI_FLAGS " " flags)
  set(sanitized 0)
  if(DISTSNE_SANITIZE)
    set(sanitized 1)
  endif()
  set(environment
    "DISTSNE=$<TARGET_FILE:distsne>"
    "DISTSNE_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "DISTSNE_BINARY_DIR=${PROJECT_BINARY_DIR}"
    "DISTSNE_MPIEXEC=${MPIEXEC_EXECUTABLE} ${flags}"
    "PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/support"
    "PYTHONDONTWRITEBYTECODE=1"
    "DISTSNE_PATIENCE=${DISTSNE_PATIENCE}"
    "DISTSNE_SANITIZED=${sanitized}"
    "ASAN_OPTIONS=detect_leaks=0"  # the C++ tests look for leaks, in a way that leaves out those of MPI's plugins
    ${DISTSNE_MPI_ENVIRONMENT})
  add_test(NAME ${room}.${name}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/${room}/test_${name}.py)
  set_tests_properties(${room}.${name} PROPERTIES
    ENVIRONMENT "${environment}" SKIP_RETURN_CODE 77 LABELS "${room}")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * ${DISTSNE_PATIENCE}")
  set(ARG_COST ${ARG_TIMEOUT})
  foreach(property PROCESSORS TIMEOUT RUN_SERIAL COST)
    if(ARG_${property})
      set_tests_properties(${room}.${name} PROPERTIES ${property} ${ARG_${property}})
    endif()
  endforeach()
endfunction()
