# Copyright (c) 2026 The partner_center authors
# Distributed under the Boost Software License, Version 1.0. (See LICENSE.)
#
# Headers, CMake package and pkg-config file. All of it is independent of the architecture and of the
# place it is installed to, so it goes to share/ and can be moved as a whole.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/partner_center)
set(pkgconfig_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)

install(DIRECTORY include/ TYPE INCLUDE)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(TARGETS partner_center EXPORT partner_center-targets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT partner_center-targets NAMESPACE partner_center:: DESTINATION ${package_dir})
configure_package_config_file(cmake/partner_center-config.cmake.in partner_center-config.cmake
    INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(partner_center-config-version.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(
    FILES ${CMAKE_CURRENT_BINARY_DIR}/partner_center-config.cmake
          ${CMAKE_CURRENT_BINARY_DIR}/partner_center-config-version.cmake
          cmake/partner_center-compiled.cmake
    DESTINATION ${package_dir})

file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX}/${pkgconfig_dir} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/partner_center.pc.in partner_center.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/partner_center.pc DESTINATION ${pkgconfig_dir})
