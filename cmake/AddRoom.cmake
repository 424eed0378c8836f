# Rooms of the house (src/README.md) as targets, whose sources are compiled once, whatever they are linked into.
#
# add_room(NAME [IN folder] [SOURCES names... | EXCEPT names...] [GENERATED files...] [BELOW rooms...]
#          [NEEDS libraries...] [HEADERS libraries...] [HANDS_ON libraries...])
#
# The sources of a folder (that of the room's name), or those named, or all but those named, as the object library
# distsne_room_NAME. BELOW are the rooms that it uses, with which come those below them; tests/house/test_includes.py
# reads the same words for what may be included. NEEDS are the libraries of others that the room uses, HEADERS those of
# headers alone; HANDS_ON are those that its headers bring to the rooms above.
#
# Where tests are built, distsne_layer_NAME is the room linked with the rooms below it and with what it needs: a shared
# library in which no symbol may be missing. A call into any other room or library does not link. The tests of a room
# are linked with its layer.
function(add_room name)
  cmake_parse_arguments(ARG "" "IN" "SOURCES;EXCEPT;GENERATED;BELOW;NEEDS;HEADERS;HANDS_ON" ${ARGN})
  if(NOT ARG_IN)
    set(ARG_IN ${name})
  endif()
  foreach(lower IN LISTS ARG_BELOW)
    if(NOT TARGET distsne_room_${lower})
      message(FATAL_ERROR "The room ${name} is added before ${lower}, which is below it")
    endif()
  endforeach()
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_IN})
  list(TRANSFORM ARG_SOURCES REPLACE "(.+)" "${folder}/\\1.cpp")
  list(JOIN ARG_EXCEPT "|" except)
  if(NOT ARG_SOURCES)
    file(GLOB ARG_SOURCES CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(FILTER ARG_SOURCES EXCLUDE REGEX "/(${except})\\.cpp$")
  endif()
  list(TRANSFORM ARG_BELOW PREPEND distsne_room_ OUTPUT_VARIABLE rooms)
  list(TRANSFORM ARG_BELOW PREPEND distsne_layer_ OUTPUT_VARIABLE layers)

  set(room distsne_room_${name})
  if(ARG_SOURCES)
    add_library(${room} OBJECT ${ARG_SOURCES} ${ARG_GENERATED})
    # The same objects serve in programs, in static and shared libraries, and in modules of other languages.
    set_target_properties(${room} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_options(${room} PRIVATE -fno-semantic-interposition)
    target_include_directories(${room} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${room}
      PRIVATE distsne_settings PUBLIC ${rooms} ${ARG_HANDS_ON} PRIVATE ${ARG_NEEDS} ${ARG_HEADERS})
  else()  # headers alone
    add_library(${room} INTERFACE)
    target_link_libraries(${room} INTERFACE ${rooms} ${ARG_HANDS_ON})
  endif()
  set_target_properties(${room} PROPERTIES DISTSNE_BELOW "${ARG_BELOW}" DISTSNE_NEEDS "${ARG_NEEDS};${ARG_HANDS_ON}")

  if(DISTSNE_BUILD_TESTS)
    set(layer distsne_layer_${name})
    if(ARG_SOURCES)
      add_library(${layer} SHARED $<TARGET_OBJECTS:${room}>)
      target_link_libraries(${layer} PUBLIC ${layers} ${ARG_HANDS_ON} PRIVATE distsne_settings ${ARG_NEEDS})
      # The run-time parts of clang's sanitizers are in programs alone.
      if(NOT DISTSNE_SANITIZE)
        target_link_options(${layer} PRIVATE LINKER:--no-undefined)
      endif()
    else()
      add_library(${layer} INTERFACE)
      target_link_libraries(${layer} INTERFACE ${layers} ${ARG_HANDS_ON})
    endif()
  endif()
endfunction()

# rooms_below(OUT rooms...): these rooms after all that are below them.
function(rooms_below out)
  set(found)
  foreach(name IN LISTS ARGN)
    get_target_property(below distsne_room_${name} DISTSNE_BELOW)
    rooms_below(lower ${below})
    list(APPEND found ${lower} ${name})
  endforeach()
  list(REMOVE_DUPLICATES found)
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# assemble_rooms(TARGET rooms...): a library of the objects of these rooms, which is linked with what they need.
function(assemble_rooms target)
  set(needed)
  foreach(name IN LISTS ARGN)
    get_target_property(type distsne_room_${name} TYPE)
    if(type STREQUAL "OBJECT_LIBRARY")
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:distsne_room_${name}>)
    endif()
    get_target_property(needs distsne_room_${name} DISTSNE_NEEDS)
    list(APPEND needed ${needs})
  endforeach()
  list(REMOVE_DUPLICATES needed)
  target_link_libraries(${target} PRIVATE ${needed})
endfunction()
