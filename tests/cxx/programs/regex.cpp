// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Regular expressions: searching, groups, replacing, iterating, the error. */
#include <iostream>
#include <regex>
#include <string>

int main()
{
    std::string text = "2024-02-29 and 1999-12-31, but 20-1-1 not";
    std::regex date(R"((\d{4})-(\d{2})-(\d{2}))");
    for (std::sregex_iterator it(text.begin(), text.end(), date), end; it != end; ++it)
        std::cout << (*it)[3] << '.' << (*it)[2] << '.' << (*it)[1] << '\n';
    std::cout << std::regex_replace(text, date, "$2/$3") << '\n';
    std::smatch match;
    std::string mail = "John.Doe@Example.org";
    std::cout << std::regex_match(mail, match,
                                  std::regex(R"(([\w.]+)@(\w+)\.(org|net))", std::regex::icase))
              << match[1] << '|' << match[2] << '|' << match[3] << '\n';
    std::cout << std::regex_search("aXbbbY", std::regex("b+(?=Y)"))
              << std::regex_match("abab", std::regex("(ab)\\1"))
              << std::regex_search("foo", std::regex("^o")) << '\n';
    std::regex comma(",\\s*");
    std::string list = "a, b,c,  d";
    for (std::sregex_token_iterator it(list.begin(), list.end(), comma, -1), end; it != end; ++it)
        std::cout << '[' << *it << ']';
    std::cout << '\n';
    try {
        std::regex broken("(a");
    } catch (const std::regex_error &e) {
        std::cout << (e.code() == std::regex_constants::error_paren) << '\n';
    }
}
