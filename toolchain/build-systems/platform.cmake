# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# CMake reads this after its own description of Linux. Programs of these targets are static: what a
# project declares as a shared library becomes a static one (CMake says so in a warning).
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
