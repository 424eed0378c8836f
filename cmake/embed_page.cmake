# Writes the files of the page (src/render/page) into a C++ source:
#   cmake -DSOURCE_DIR=... -DOUTPUT=... -P embed_page.cmake
# The JavaScript modules become one script: each a function that returns its exports, after those that it imports.
set(modules inflate source columns tiles view style colors raster webgl stage labels picking lasso search tooltip legend
    minimap selection export input help panel overlay address main)

set(script "'use strict';\n")
foreach(module IN LISTS modules)
  file(READ ${SOURCE_DIR}/${module}.js text)
  string(REGEX REPLACE "\nimport ({[^}]*}) from './([a-z]+)\\.js'" "\nconst \\1 = \\2_module" text "\n${text}")
  string(REGEX MATCHALL "\nexport [a-z ]+ [A-Za-z0-9]+" exports "${text}")
  string(REGEX REPLACE "\nexport [a-z ]+ ([A-Za-z0-9]+)" "\\1" exports "${exports}")
  string(REPLACE ";" ", " exports "${exports}")
  string(REPLACE "\nexport " "\n" text "${text}")
  string(APPEND script "const ${module}_module = (() => {${text}return { ${exports} };\n})();\n")
endforeach()
file(READ ${SOURCE_DIR}/page.html html)
file(READ ${SOURCE_DIR}/page.css style)
string(SHA256 script_digest "${script}")
string(SHA256 style_digest "${style}")

set(source "/// The files of src/render/page. Written by the build.\n#include \"render/page_assets.hpp\"\n\n")
string(APPEND source "namespace distsne {\n")
foreach(name html style script style_digest script_digest)
  string(APPEND source "const std::string_view page_${name} = R\"~page~(${${name}})~page~\";\n")
endforeach()
string(APPEND source "}  // namespace distsne\n")
file(WRITE ${OUTPUT} "${source}")
