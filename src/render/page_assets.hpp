/// The files below src/render/page, as the build has put them into the program.
#pragma once

#include <string_view>

namespace distsne {

extern const std::string_view page_html;
extern const std::string_view page_style;
extern const std::string_view page_script;  ///< all modules as one
/// SHA-256 of style and script in hexadecimal digits: the page lets a browser run nothing else.
extern const std::string_view page_style_digest;
extern const std::string_view page_script_digest;

}  // namespace distsne
