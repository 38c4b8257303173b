// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in the benchmark of this name: C++98, and template arguments that only older rules tell apart.
#include <cmath>
#include <cstdio>
#include <vector>

#if __cplusplus >= 201103L
#error "not C++98"
#endif

template <typename T> struct Kind {
    static int number()
    {
        return 1;
    }
};
template <template <typename> class V, typename T> struct Kind<V<T>> {
    static int number()
    {
        return 2;
    }
};
template <template <typename, typename> class V, typename T, typename A> struct Kind<V<T, A>> {
    static int number()
    {
        return 3;
    }
};

int main()
{
    double x = 1;

    for (int i = 0; i < 50; i++)
        x = std::cos(x);
    std::printf("%d %.4f\n", Kind<std::vector<int>>::number(), x);
    return 0;
}
