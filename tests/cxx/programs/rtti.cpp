// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Run-time types, casts across and with virtual bases. */
#include <cstdio>
#include <typeindex>
#include <typeinfo>

struct Root {
    int root = 1;
    virtual ~Root() = default;
    virtual const char *name() const
    {
        return "Root";
    }
};
struct Left : virtual Root {
    int left = 2;
    const char *name() const override
    {
        return "Left";
    }
};
struct Right : virtual Root {
    int right = 3;
};
struct Both final : Left, Right {
    int both = 4;
    const char *name() const override
    {
        return "Both";
    }
};

[[gnu::noinline]] static void show(Root &object)
{
    auto *left = dynamic_cast<Left *>(&object);
    auto *right = dynamic_cast<Right *>(&object);
    auto *both = dynamic_cast<Both *>(&object);
    std::printf("%s %d %d %d %d\n", object.name(), object.root, left ? left->left : -1,
                right ? right->right : -1, both ? both->both : -1);
    if (right)
        std::printf("across: %d\n", dynamic_cast<Left *>(right) != nullptr);
    std::printf("whole: %d\n", dynamic_cast<void *>(&object) == (void *)both);
    std::printf("%d %d\n", typeid(object) == typeid(Both),
                std::type_index(typeid(object)) == std::type_index(typeid(Right)));
    try {
        std::printf("%d\n", dynamic_cast<Both &>(object).both);
    } catch (const std::bad_cast &) {
        std::puts("bad_cast");
    }
}

int main()
{
    Root root;
    Left left;
    Right right;
    Both both;
    show(root);
    show(left);
    show(right);
    show(both);
    Root *nothing = nullptr;
    try {
        std::puts(typeid(*nothing).name());
    } catch (const std::bad_typeid &) {
        std::puts("bad_typeid");
    }
    std::printf("%s %s\n", typeid(Both).name(), typeid(int (*)(double)).name());
}
