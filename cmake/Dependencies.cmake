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

# Each rank reads for itself and one writes: a serial build of HDF5 serves as well as a parallel one. Debian's parallel
# build is taken where both are there, as programs of users may be linked to it.
if(NOT DEFINED HDF5_PREFER_PARALLEL)
  set(HDF5_PREFER_PARALLEL TRUE)
endif()
find_package(HDF5 1.10 REQUIRED COMPONENTS C)
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
if(DISTSNE_PYTHON)
  find_package(Python3 REQUIRED COMPONENTS Interpreter Development.Module)
  find_package(pybind11 2.10 REQUIRED)
endif()
