# add_rank_test(FOLDER RANKS n... [ROOM name] [BESIDE rooms...] [NEEDS libraries...]): the tests of tests/FOLDER as one
# program, registered once for each number of ranks. It is linked with the room of the folder's name, or the one named,
# and those below it; with rooms beside it, where those make what the tests start from; and with the libraries of others
# that it needs.
function(add_rank_test room)
  cmake_parse_arguments(ARG "" "ROOM" "RANKS;BESIDE;NEEDS" ${ARGN})
  if(NOT ARG_ROOM)
    set(ARG_ROOM ${room})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
  add_executable(test_${room} ${sources})
  list(TRANSFORM ARG_BESIDE PREPEND distsne_layer_)
  target_link_libraries(test_${room} PRIVATE test_support distsne_layer_${ARG_ROOM} ${ARG_BESIDE} ${ARG_NEEDS})
  math(EXPR timeout "300 * ${DISTSNE_PATIENCE}")
  foreach(ranks IN LISTS ARG_RANKS)
    # Leaks are looked for on one rank: on more, the search now and then meets threads of MPI that are about to end.
    set(environment OMP_NUM_THREADS=1 ${DISTSNE_MPI_ENVIRONMENT})
    if(ranks GREATER 1)
      list(APPEND environment ASAN_OPTIONS=detect_leaks=0)
    endif()
    add_test(NAME ${room}.ranks_${ranks}
      COMMAND ${MPIEXEC_EXECUTABLE} ${DISTSNE_MPI_FLAGS} -n ${ranks} $<TARGET_FILE:test_${room}>)
    set_tests_properties(${room}.ranks_${ranks} PROPERTIES
      PROCESSORS ${ranks} TIMEOUT ${timeout} ENVIRONMENT "${environment}" LABELS "unit")
  endforeach()
endfunction()

# More ranks than cores: allowed, not bound to cores, and giving way to each other while they wait.
set(DISTSNE_MPI_FLAGS --oversubscribe --bind-to none --mca mpi_yield_when_idle 1)
# Open MPI refuses to start as root, as in a container, unless told twice.
set(DISTSNE_MPI_ENVIRONMENT OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1)
# Threads that wait for each other sleep, too.
list(APPEND DISTSNE_MPI_ENVIRONMENT OMP_WAIT_POLICY=passive)
# Tests stay on one machine: looking for fast networks would take longer than many of them.
list(APPEND DISTSNE_MPI_ENVIRONMENT OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader)

# How many times longer than usual a test may take.
set(DISTSNE_PATIENCE 1)
if(DISTSNE_SANITIZE)
  set(DISTSNE_PATIENCE 10)
  list(APPEND DISTSNE_MPI_ENVIRONMENT
    UBSAN_OPTIONS=print_stacktrace=1
    LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/leaks.supp:print_suppressions=0)
endif()
