// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C++ program of the project: how often each word stands in its argument. Without one it tests
// itself.
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "words.h"

static std::map<std::string, unsigned> frequencies(const std::string &text)
{
    if (words_count(text.c_str()) == 0)
        throw std::invalid_argument("no words in '" + text + "'");
    std::map<std::string, unsigned> result;
    std::istringstream stream(text);
    for (std::string word; stream >> word;)
        ++result[word];
    return result;
}

static bool refuses_nothing()
{
    try {
        frequencies("");
    } catch (const std::exception &) {
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return frequencies("a b a")["a"] == 2 && refuses_nothing() ? 0 : 1;
    for (const auto &[word, count] : frequencies(argv[1]))
        std::cout << count << ' ' << word << '\n';
}
