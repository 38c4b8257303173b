# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The cases of ../CMakeLists.txt that x86-64 alone has.
set(sdk_cases_here tail-calls)
set(lto_cases_here)
set(sanitizers_cases_here)
