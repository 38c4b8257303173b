// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Folders, files, links and errors; in the folder where it runs. */
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

int main()
{
    fs::remove_all("tree");
    std::cout << fs::create_directories("tree/a/b") << fs::create_directory("tree/a") << '\n';
    std::ofstream("tree/a/one.txt") << "one\n";
    std::ofstream("tree/a/b/two.txt") << std::string(1000, '2');
    fs::create_symlink("one.txt", "tree/a/link");
    fs::copy_file("tree/a/one.txt", "tree/a/copy.txt");
    fs::rename("tree/a/copy.txt", "tree/renamed.txt");
    std::vector<std::string> found;
    for (const auto &entry : fs::recursive_directory_iterator("tree"))
        found.push_back(entry.path().generic_string() + (entry.is_directory() ? "/"
                                                         : entry.is_symlink() ? "@"
                                                                              : ""));
    std::sort(found.begin(), found.end());
    for (const auto &name : found)
        std::cout << name << '\n';
    std::cout << fs::file_size("tree/a/b/two.txt") << ' ' << fs::read_symlink("tree/a/link") << ' '
              << fs::equivalent("tree/a/link", "tree/a/one.txt") << '\n';
    fs::resize_file("tree/a/b/two.txt", 10);
    std::cout << fs::file_size("tree/a/b/two.txt") << '\n';
    std::error_code error;
    fs::file_size("tree/none", error);
    std::cout << (error == std::errc::no_such_file_or_directory) << '\n';
    try {
        fs::create_directory("tree/none/below");
    } catch (const fs::filesystem_error &e) {
        std::cout << "error about " << e.path1() << '\n';
    }
    fs::path path = "x/./y/../z.tar.gz";
    std::cout << path.lexically_normal() << path.stem() << path.extension() << '\n';
    std::cout << fs::remove_all("tree") << fs::exists("tree") << '\n';
}
