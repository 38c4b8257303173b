-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Floating point, integers, sieve, n-body, mandelbrot.
local function sieve(n)
    local composite, count = {}, 0
    for i = 2, n do
        if not composite[i] then
            count = count + 1
            for j = i * i, n, i do composite[j] = true end
        end
    end
    return count
end
print(sieve(300000))

local inside = 0
for py = 0, 119 do
    for px = 0, 119 do
        local cr, ci, zr, zi, n = px / 60 - 1.5, py / 60 - 1, 0, 0, 0
        while n < 50 and zr * zr + zi * zi < 4 do
            zr, zi = zr * zr - zi * zi + cr, 2 * zr * zi + ci
            n = n + 1
        end
        if n == 50 then inside = inside + 1 end
    end
end
print(inside)

local bodies = { { 0, 0, 0, 0, 1000 }, { 100, 0, 0, 3, 1 }, { 0, 200, -2, 0, 2 } }
for _ = 1, 30000 do
    for i, a in ipairs(bodies) do
        for j, b in ipairs(bodies) do
            if i ~= j then
                local dx, dy = b[1] - a[1], b[2] - a[2]
                local d = math.sqrt(dx * dx + dy * dy) + 0.01
                a[3] = a[3] + dx * b[5] / (d * d * d) * 0.01
                a[4] = a[4] + dy * b[5] / (d * d * d) * 0.01
            end
        end
    end
    for _, a in ipairs(bodies) do
        a[1], a[2] = a[1] + a[3] * 0.01, a[2] + a[4] * 0.01
    end
end
for _, a in ipairs(bodies) do print(("%.12f %.12f"):format(a[1], a[2])) end

local h = 0
for i = 1, 1000000 do h = (h ~ i) * 0x9E3779B97F4A7C15 + (h >> 29) end
print(("%016x"):format(h), math.sin(1), math.exp(1), math.log(10), math.fmod(10, 3), math.ult(-1, 1))
