// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in the benchmark of this name: C++98, and template arguments that only older rules tell apart.
#include <cmath>
#include <cstdio>
#include <vector>

#if __cplusplus >= 201103L
#error "not C++98"
#endif

template <template <typename> class V> int kind(const V<int> &)
{
    return 1;
}

template <template <typename, typename> class V, typename A> int kind(const V<int, A> &)
{
    return 2;
}

int main()
{
    std::vector<int> none;
    double x = 1;

    for (int i = 0; i < 50; i++)
        x = std::cos(x);
    std::printf("%d %.4f\n", kind(none), x);
    return 0;
}
