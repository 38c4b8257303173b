-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Strings, patterns, formats, sorting.
local words, seed = {}, 12345
local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n
end
for i = 1, 30000 do
    local letters = {}
    for j = 1, 3 + random(8) do letters[j] = string.char(97 + random(26)) end
    words[i] = table.concat(letters)
end
table.sort(words)
print(words[1], words[15000], words[30000])
table.sort(words, function(a, b) return #a > #b or #a == #b and a < b end)
print(words[1], words[15000], words[30000])

local text = table.concat(words, " ")
print(#text, select(2, text:gsub("a[bcd]e?", "<%0>")), text:find("qu%a+z"))
local frequency = {}
for c in text:gmatch("%a") do frequency[c] = (frequency[c] or 0) + 1 end
for c = string.byte("a"), string.byte("z") do
    io.write(string.char(c), "=", frequency[string.char(c)], " ")
end
print()
print(("%5.2f|%-8s|%08x|%q|%a"):format(3.14159, "left", 48879, 'quo"ted\n', 0.1))
print(("héllo"):len(), utf8.len("héllo"), utf8.char(228, 8364, 128512))
print(string.pack("<i4d", 7, 1.5):byte(1, -1))
print(tostring(2 ^ 63), math.tointeger(2 ^ 53), 10 // 3, -7 % 3, 7 // -2.0, 1e308 * 10, -(0 / 0) ~= 0)
