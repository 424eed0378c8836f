# Warnings, sanitizers and the floating-point rules that the reproducibility of results rests on.
add_library(distsne_settings INTERFACE)
target_compile_features(distsne_settings INTERFACE cxx_std_20)
target_compile_options(distsne_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  # A product and a sum are fused only where the source says so: equal code gives equal bits in every place.
  -ffp-contract=off)
if(DISTSNE_WERROR)
  target_compile_options(distsne_settings INTERFACE -Werror)
endif()
if(DISTSNE_SANITIZE)
  target_compile_options(distsne_settings INTERFACE
    -fsanitize=${DISTSNE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1
    $<$<CXX_COMPILER_ID:GNU>:-fno-var-tracking>)
  target_compile_definitions(distsne_settings INTERFACE DISTSNE_SANITIZED)
  target_link_options(distsne_settings INTERFACE -fsanitize=${DISTSNE_SANITIZE})
endif()
# Vectors without a compile-time size cannot be kept in arrays, as the tiles do: such machines use NEON instead.
set(left_out HWY_SVE HWY_SVE2 HWY_SVE_256 HWY_SVE2_128 HWY_RVV)
if(DISTSNE_SANITIZE)
  # Checked loops take minutes to compile for each instruction set: one beside the baseline is enough.
  list(APPEND left_out HWY_SSSE3 HWY_SSE4 HWY_AVX3 HWY_AVX3_DL)
endif()
if(DISTSNE_BUILD_FUZZERS)  # readers have no vector loops: the baseline is enough
  target_compile_definitions(distsne_settings INTERFACE HWY_COMPILE_ONLY_STATIC)
endif()
list(JOIN left_out "|" left_out)
target_compile_definitions(distsne_settings INTERFACE "HWY_DISABLED_TARGETS=(${left_out})")
# Threads of Eigen's own would split its sums differently for each number of them.
target_compile_definitions(distsne_settings INTERFACE EIGEN_DONT_PARALLELIZE)
# mpi.h brings the long removed C++ bindings along unless told not to; only the C interface is used.
target_compile_definitions(distsne_settings INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)
