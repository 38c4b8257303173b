// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char **argv)
{
    std::map<std::string, int> lengths;
    std::thread counter([&] {
        for (const std::string &word : std::vector<std::string>(argv + 1, argv + argc))
            lengths[word] = static_cast<int>(word.size());
    });
    counter.join();
    for (const auto &[word, length] : lengths)
        std::cout << word << ' ' << length << '\n';
    try {
        return lengths.at("absent");
    } catch (const std::out_of_range &) {
        std::cout << "absent is absent" << std::endl;
    }
}
