// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libc++'s header of this name has no form without a built-in function that GCC 12 lacks.
#if __GNUC__ >= 14
#include_next <__type_traits/remove_reference.h>
#elif !defined(LFI_GCC_REMOVE_REFERENCE)
#define LFI_GCC_REMOVE_REFERENCE
#include <__config>
#pragma GCC system_header

_LIBCPP_BEGIN_NAMESPACE_STD
template <class T> struct remove_reference {
    using type = T;
};
template <class T> struct remove_reference<T &> {
    using type = T;
};
template <class T> struct remove_reference<T &&> {
    using type = T;
};
template <class T> using __libcpp_remove_reference_t = typename remove_reference<T>::type;
#if _LIBCPP_STD_VER >= 14
template <class T> using remove_reference_t = __libcpp_remove_reference_t<T>;
#endif
_LIBCPP_END_NAMESPACE_STD
#endif
