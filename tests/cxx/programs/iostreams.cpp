// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/* Streams: numbers in and out, files, seeking, states, manipulators, the C locale. */
#include <cstdio>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <locale>
#include <sstream>
#include <string>
#include <vector>

int main()
{
    std::cout << std::hex << std::showbase << 255 << std::dec << ' ' << std::setw(8)
              << std::setfill('*') << -42 << ' ' << std::fixed << std::setprecision(3) << 3.14159
              << ' ' << std::scientific << 12345.678 << ' ' << std::boolalpha << true << '\n';
    std::istringstream in("12 0x1f word 2.5e3 junk");
    int a = 0, b = 0;
    std::string word;
    double number = 0;
    in >> a >> std::hex >> b >> word >> std::dec >> number;
    std::cout << std::defaultfloat << a << ' ' << b << ' ' << word << ' ' << number << '\n';
    in >> a;
    std::cout << in.fail() << in.eof() << '\n';
    {
        std::ofstream file("numbers.txt");
        for (int i = 0; i < 1000; i++)
            file << i * i << '\n';
    }
    std::ifstream file("numbers.txt");
    long long sum = 0;
    for (long long value; file >> value;)
        sum += value;
    file.clear();
    file.seekg(-7, std::ios::end);
    std::getline(file, word);
    std::cout << sum << ' ' << word << ' ' << file.tellg() << '\n';
    std::fstream both("numbers.txt", std::ios::in | std::ios::out | std::ios::binary);
    both.seekp(2);
    both.put('X');
    both.seekg(0);
    std::string start(6, ' ');
    both.read(start.data(), 6);
    for (char c : start)
        std::cout << (c == '\n' ? '/' : c);
    std::cout << '\n';
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out << std::quoted("a \"b\"") << std::setw(6) << std::left << 7 << '|' << std::put_money(1234)
        << '|' << std::locale().name();
    std::cout << out.str() << '\n';
    std::ifstream none("not there");
    none.exceptions(std::ios::goodbit);
    std::cout << none.is_open() << '\n';
    try {
        none.exceptions(std::ios::failbit);
    } catch (const std::ios::failure &) {
        std::cout << "failure\n";
    }
    std::wostringstream wide;
    wide << L"wide " << 5;
    std::wcout.flush();
    std::cout << wide.str().size() << std::endl;
    std::string line;
    int lines = 0;
    while (std::getline(std::cin, line))
        lines += line.size();
    std::cout << lines << '\n';
    std::remove("numbers.txt");
}
