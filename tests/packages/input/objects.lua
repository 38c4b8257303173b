-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Tables, metatables, closures, coroutines, garbage collection, errors (longjmp).
local Point = {}
Point.__index = Point
Point.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Point) end
Point.__tostring = function(p) return ("(%g, %g)"):format(p.x, p.y) end

local sum = setmetatable({ x = 0, y = 0 }, Point)
for i = 1, 200000 do
    sum = sum + setmetatable({ x = i, y = 1 / i }, Point)
end
print(sum)

local function permutations(list, n)
    n = n or #list
    if n <= 1 then
        coroutine.yield(list)
    else
        for i = 1, n do
            list[n], list[i] = list[i], list[n]
            permutations(list, n - 1)
            list[n], list[i] = list[i], list[n]
        end
    end
end
local count, weight = 0, 0
for list in coroutine.wrap(function() permutations { 1, 2, 3, 4, 5, 6, 7, 8 } end) do
    count = count + 1
    weight = (weight * 31 + list[1] * list[8] + list[4]) % 1000003
end
print(count, weight)

local caught = 0
for i = 1, 20000 do
    local ok, err = pcall(function(n)
        if n % 3 == 0 then error({ code = n }) end
        return n
    end, i)
    if not ok then caught = caught + err.code end
end
print(caught, select(2, pcall(error, "a string")))
print(pcall(function() local t = nil; return t.field end))
print(select("#", table.unpack({}, 1, 200)))

local function depth(n) return n == 0 and 0 or 1 + depth(n - 1) end
print(depth(10000), pcall(depth, 1e7) == false)
collectgarbage()
print(collectgarbage("count") < 4000)
