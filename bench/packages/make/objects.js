// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What programs in JavaScript do: classes, closures, strings, regular expressions, maps, typed arrays, JSON.
"use strict";
let seed = 1;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;

class Node {
    constructor(key) { this.key = key; this.left = null; this.right = null; }
    insert(key) {
        let node = this;
        for (;;) {
            const side = key < node.key ? "left" : "right";
            if (node[side] === null) { node[side] = new Node(key); return; }
            node = node[side];
        }
    }
    sum() { return this.key + (this.left ? this.left.sum() : 0) + (this.right ? this.right.sum() : 0); }
}
const root = new Node(5e8);
for (let i = 0; i < 20000; i++) root.insert(random(1e9));
console.log("tree", root.sum());

const words = new Map();
const text = Array.from({ length: 30000 }, () => "w" + random(997)).join(" ");
for (const [word] of text.matchAll(/w\d+/g)) words.set(word, (words.get(word) || 0) + 1);
const most = [...words].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5);
console.log("words", JSON.stringify(most));

const composite = new Uint8Array(300000);
let primes = 0;
for (let i = 2; i < composite.length; i++) {
    if (composite[i]) continue;
    primes++;
    for (let j = 2 * i; j < composite.length; j += i) composite[j] = 1;
}
console.log("primes", primes);

const size = 60;
const matrix = (f) => Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => f(i, j)));
const a = matrix((i, j) => Math.sin(i) + j), b = matrix((i, j) => i - Math.cos(j));
const product = matrix((i, j) => a[i].reduce((total, value, k) => total + value * b[k][j], 0));
console.log("matrix", product[7][11].toFixed(6), product[59][3].toFixed(6));

const data = Array.from({ length: 3000 }, (_, i) => ({ id: i, name: "item " + i, tags: ["a" + random(9), "b"], price: i / 8 }));
const copy = JSON.parse(JSON.stringify(data)).filter((item) => item.tags[0] !== "a4");
console.log("json", copy.length, copy.reduce((total, item) => total + item.price, 0));
console.log("big", (3n ** 2000n % 1000000007n).toString());
