# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# The separately compiled form of the library. It is built by whoever uses it, with their own flags and
# their own Boost; this file is therefore shared by the project and by the installed package. Nothing is
# built unless something links to it.
#
#   partner_center::compiled          the client
#   partner_center::testing_compiled  the emulator

function(_partner_center_add_compiled target alias header)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n")
    add_library(${target} STATIC EXCLUDE_FROM_ALL ${source})
    add_library(partner_center::${alias} ALIAS ${target})
    target_compile_definitions(${target} PUBLIC PARTNER_CENTER_SEPARATE_COMPILATION)
    target_link_libraries(${target} PUBLIC ${ARGN})
endfunction()

# find_package may run in several directories of one build; these targets are global.
if(NOT TARGET partner_center_compiled)
    _partner_center_add_compiled(partner_center_compiled compiled
        partner_center/src.hpp partner_center::partner_center)
    _partner_center_add_compiled(partner_center_testing_compiled testing_compiled
        partner_center/testing/src.hpp partner_center::compiled)
endif()
