# cmake --install: the program, and the library with the headers that its users need (a test keeps their list whole).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(DISTSNE_PUBLIC_HEADERS
  distsne.h
  affinity/options.hpp
  base/aligned.hpp base/allocation.hpp base/error.hpp base/exact_sum.hpp base/timer.hpp base/traffic.hpp base/types.hpp
  base/words.hpp
  data/matrix.hpp data/neighbor_graph.hpp data/run_record.hpp data/sparse_matrix.hpp
  embed/initialization.hpp embed/iteration_report.hpp embed/objective_options.hpp embed/schedule.hpp
  mpi/communicator.hpp mpi/partition.hpp mpi/summary.hpp
  pipeline/map.hpp pipeline/map_options.hpp pipeline/observer.hpp
  reduce/metric.hpp reduce/preprocess.hpp)

install(TARGETS distsne RUNTIME COMPONENT Program)
install(TARGETS distsne_library EXPORT distsne-targets
  ARCHIVE COMPONENT Development LIBRARY COMPONENT Library NAMELINK_COMPONENT Development)
if(TARGET distsne_manual)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/manual/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT Program)
  install(FILES ${CMAKE_BINARY_DIR}/manual/bash/distsne
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT Program)
endif()
foreach(header IN LISTS DISTSNE_PUBLIC_HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/include/distsne/${header}
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/distsne/${folder} COMPONENT Development)
endforeach()

if(DISTSNE_PYTHON)
  set(DISTSNE_PYTHON_DIR ${CMAKE_INSTALL_LIBDIR}/python${Python3_VERSION_MAJOR}.${Python3_VERSION_MINOR}/site-packages
    CACHE STRING "Where the Python module is installed, from the prefix on")
  install(TARGETS distsne_python LIBRARY DESTINATION ${DISTSNE_PYTHON_DIR} COMPONENT Python)
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/distsne)
get_target_property(type distsne_library TYPE)
if(type STREQUAL "STATIC_LIBRARY")
  set(DISTSNE_STATIC ON)
else()
  set(DISTSNE_STATIC OFF)
endif()
install(EXPORT distsne-targets NAMESPACE distsne:: DESTINATION ${package_dir} COMPONENT Development)
configure_package_config_file(cmake/distsne-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/distsne-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/distsne-config-version.cmake
  COMPATIBILITY SameMinorVersion)

# For builds without CMake, whose compiler is MPI's wrapper. The static library needs --static.
file(RELATIVE_PATH DISTSNE_PREFIX_FROM_PC /any/${CMAKE_INSTALL_LIBDIR}/pkgconfig /any)
configure_file(cmake/distsne.pc.in ${CMAKE_CURRENT_BINARY_DIR}/distsne.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/distsne-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/distsne-config-version.cmake
  DESTINATION ${package_dir} COMPONENT Development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/distsne.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT Development)
