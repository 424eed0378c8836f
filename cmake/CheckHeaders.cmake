# check_headers(): every header of include/ and src/ is compiled before all others, so that none leans on what another
# has included before it: those of a source file are, since it includes its own header first (house.includes); the
# others are compiled here alone, twice in one file. Headers for one instruction set (-inl) are left out: Highway
# includes them many times.
function(check_headers)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/include/*.hpp ${PROJECT_SOURCE_DIR}/src/*.hpp)
  list(FILTER headers EXCLUDE REGEX "-inl\\.hpp$")
  foreach(header IN LISTS headers)
    string(REGEX REPLACE "^(include|src)/" "" name ${header})
    string(REGEX REPLACE "^(include/distsne|src)/(.*)hpp$" "src/\\2cpp" own_source ${header})
    if(EXISTS ${PROJECT_SOURCE_DIR}/${own_source})
      continue()
    endif()
    string(MAKE_C_IDENTIFIER ${header} identifier)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${identifier}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${name}\"\n#include \"${name}\"\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(headers_alone OBJECT ${sources})
  target_include_directories(headers_alone PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(headers_alone PRIVATE
    distsne_settings distsne_hdf5 OpenMP::OpenMP_CXX Eigen3::Eigen CLI11::CLI11 fmt::fmt PkgConfig::PANGO ZLIB::ZLIB)
endfunction()
