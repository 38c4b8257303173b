! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
! Numerical Fortran without input and output: an integral, and a system of linear equations.
module numerics
    use, intrinsic :: iso_c_binding
    implicit none
contains
    real(c_double) function simpson(n) bind(c)
        integer(c_int), value :: n
        real(c_double) :: x(0:n), weights(0:n)
        integer :: i
        x = [(real(i, c_double) / n, i = 0, n)]
        weights = 2
        weights(1:n:2) = 4
        weights([0, n]) = 1
        simpson = sum(weights * 4 / (1 + x**2)) / (3 * n)
    end function

    subroutine solve(n, a, b) bind(c)
        integer(c_int), value :: n
        real(c_double), intent(inout) :: a(n, n), b(n)
        real(c_double) :: row(n), factor
        integer :: i, k, best
        do k = 1, n
            best = k - 1 + maxloc(abs(a(k:, k)), dim=1)
            row = a(k, :); a(k, :) = a(best, :); a(best, :) = row
            factor = b(k); b(k) = b(best); b(best) = factor
            do i = k + 1, n
                factor = a(i, k) / a(k, k)
                a(i, k:) = a(i, k:) - factor * a(k, k:)
                b(i) = b(i) - factor * b(k)
            end do
        end do
        do i = n, 1, -1
            b(i) = (b(i) - dot_product(a(i, i + 1:), b(i + 1:))) / a(i, i)
        end do
    end subroutine
end module
