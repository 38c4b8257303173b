! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
program puzzle
  print *, 9
end program puzzle
