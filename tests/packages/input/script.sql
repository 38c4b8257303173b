-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Run by the sqlite3 shell, natively and in the box; both must print the same.
PRAGMA journal_mode = WAL;
CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, tag TEXT);
CREATE INDEX item_by_tag ON item (tag, price);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
INSERT INTO item SELECT i, printf('item-%05d', i * 7919 % 30011), i * 1.25 - i / 3, char(97 + i * 31 % 26) FROM n;
COMMIT;
SELECT count(*), round(sum(price), 4), min(name), max(name) FROM item;
SELECT tag, count(*), round(avg(price), 6) FROM item GROUP BY tag ORDER BY 3 DESC LIMIT 7;
CREATE TABLE word (w TEXT);
INSERT INTO word SELECT DISTINCT substr(name, 6, 3) FROM item;
SELECT count(*), group_concat(w, '/') FROM (SELECT w FROM word ORDER BY w DESC LIMIT 12);
SELECT i.tag, sum(length(w)) FROM item i JOIN word ON substr(i.name, 6, 3) = w WHERE i.id % 97 = 0 GROUP BY 1;
UPDATE item SET price = price * 2, name = upper(name) WHERE tag IN ('c', 'q', 'z');
DELETE FROM item WHERE id % 5 = 3;
SELECT tag, rank() OVER (ORDER BY total DESC), total
    FROM (SELECT tag, cast(sum(price) AS INTEGER) AS total FROM item GROUP BY tag) ORDER BY tag LIMIT 9;
SELECT json_group_array(json_object('id', id, 'name', name)) FROM (SELECT * FROM item ORDER BY name LIMIT 5);
SELECT json_extract('{"a": [1, 2, {"b": "deep"}]}', '$.a[2].b'), hex(zeroblob(4)), typeof(1 / 2.0);
SELECT date('2024-02-29', '+1 year'), strftime('%j %W', '2023-12-31'), julianday('2000-01-01');
CREATE VIRTUAL TABLE box USING rtree (id, x0, x1, y0, y1);
SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name;
SELECT * FROM missing;
INSERT INTO item (id, name) VALUES (1, 'again');
.mode column
SELECT * FROM item WHERE price > 52000 ORDER BY price DESC LIMIT 4;
.mode csv
SELECT * FROM item WHERE name GLOB '*000*' ORDER BY id LIMIT 6;
PRAGMA wal_checkpoint(TRUNCATE);
PRAGMA journal_mode = DELETE;
VACUUM;
PRAGMA integrity_check;
