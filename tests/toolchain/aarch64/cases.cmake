# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The cases of ../CMakeLists.txt that AArch64 alone has.
set(sdk_cases_here sve)
set(lto_cases_here icall)
set(sanitizers_cases_here)
