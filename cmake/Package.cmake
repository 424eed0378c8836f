# Debian packages by CPack: the program, the library, and what programs that use it are built with.
#   cmake --preset package && cmake --build --preset package && (cd build/package && cpack)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME distsne)
set(CPACK_PACKAGE_CONTACT "The distsne developers <maintainers@distsne.invalid>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(whole_version ${PROJECT_VERSION}-1)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL Program Library Development)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/src)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)

set(release "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME distsne)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "openmpi-bin, libdistsne${release} (= ${whole_version})")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "hdf5-filter-plugin")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
  "Maps of millions of rows in 1 to 3 dimensions, computed by any number of MPI
 ranks to the same bits, from HDF5, AnnData, NumPy, CSV and other files.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libdistsne${release})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
file(WRITE ${CMAKE_BINARY_DIR}/documents/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/documents/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
  "What computes maps of rows in memory, for programs in C++, C and Python.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libdistsne-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libdistsne${release} (= ${whole_version}), libopenmpi-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "Headers of the library, its CMake package and its pkg-config file.")

# Each package has its licence and its changes where Debian looks for them.
set(documents ${CMAKE_BINARY_DIR}/documents)
file(READ ${PROJECT_SOURCE_DIR}/LICENSE licence)
file(WRITE ${documents}/copyright "${licence}")
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${documents}/changelog COPYONLY)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC) # or SOURCE_DATE_EPOCH
file(WRITE ${documents}/changelog.Debian
  "distsne (${whole_version}) unstable; urgency=medium\n\n  * This release; see changelog.gz for what is new.\n\n"
  " -- ${CPACK_PACKAGE_CONTACT}  ${now}\n")
execute_process(COMMAND gzip -9nf ${documents}/changelog ${documents}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
foreach(component IN ITEMS Program Library Development)
  string(TOUPPER ${component} key)
  install(FILES ${documents}/copyright ${documents}/changelog.gz ${documents}/changelog.Debian.gz
    COMPONENT ${component} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${key}_PACKAGE_NAME})
endforeach()
include(CPack)
