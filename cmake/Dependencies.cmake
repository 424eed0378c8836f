# Packages the program is built on; the Debian names are in install_packages.sh.
find_package(MPI REQUIRED COMPONENTS C)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(FFTW_FLOAT REQUIRED IMPORTED_TARGET fftw3f)
pkg_check_modules(FFTW_DOUBLE REQUIRED IMPORTED_TARGET fftw3)
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo)  # brings Cairo along
pkg_check_modules(LZF REQUIRED IMPORTED_TARGET liblzf)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)

set(HDF5_PREFER_PARALLEL TRUE)
find_package(HDF5 1.10 REQUIRED COMPONENTS C)
if(NOT HDF5_IS_PARALLEL)
  message(FATAL_ERROR "The HDF5 found (${HDF5_C_INCLUDE_DIRS}) is not a parallel build: install libhdf5-openmpi-dev, "
                      "or point HDF5_ROOT to one configured with --enable-parallel.")
endif()
add_library(distsne_hdf5 INTERFACE)
target_include_directories(distsne_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
target_link_libraries(distsne_hdf5 INTERFACE ${HDF5_C_LIBRARIES} MPI::MPI_C)

if(DISTSNE_BUILD_TESTS)
  find_package(GTest REQUIRED)
  # The interpreter of the distribution, which has the packages that the tests need.
  set(Python3_FIND_STRATEGY LOCATION)
  set(Python3_ROOT_DIR /usr)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
endif()
