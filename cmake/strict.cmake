# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# What this project asks of its own code. Link it privately; it must never reach a user's target.

add_library(partner_center_strict INTERFACE)
# g++ 12 takes the operator new and delete of Asio's coroutine frames, once inlined, for a mismatch.
set(gnu_12 $<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>)
# Under the sanitizers it also takes the text in a std::optional that holds none for uninitialized.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
    set(sanitized_gnu_12 ${gnu_12})
else()
    set(sanitized_gnu_12 0)
endif()
target_compile_options(partner_center_strict INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<${gnu_12}:-Wno-mismatched-new-delete>
    $<${sanitized_gnu_12}:-Wno-maybe-uninitialized>
    $<$<BOOL:${PARTNER_CENTER_WARNINGS_AS_ERRORS}>:-Werror>)
target_compile_definitions(partner_center_strict INTERFACE BOOST_ASIO_NO_DEPRECATED)

if(PROJECT_IS_TOP_LEVEL)
    target_link_libraries(partner_center_compiled PRIVATE partner_center_strict)
    target_link_libraries(partner_center_testing_compiled PRIVATE partner_center_strict)
endif()
