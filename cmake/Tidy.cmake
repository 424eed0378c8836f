# The target tidy: clang-tidy over src/, with the checks of .clang-tidy.
find_program(DISTSNE_RUN_CLANG_TIDY NAMES run-clang-tidy-14 run-clang-tidy DOC "The script that runs clang-tidy")
mark_as_advanced(DISTSNE_RUN_CLANG_TIDY)
if(DISTSNE_RUN_CLANG_TIDY)
  add_custom_target(tidy
    COMMAND ${DISTSNE_RUN_CLANG_TIDY} -quiet -p ${CMAKE_BINARY_DIR} ^${PROJECT_SOURCE_DIR}/src/
    USES_TERMINAL VERBATIM COMMENT "Running clang-tidy; this takes minutes")
endif()
