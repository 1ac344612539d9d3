/** A SQLite database of every value and shape that some store has no place for. */
export const awkwardSqlite = `
  CREATE TABLE numbers (id INTEGER PRIMARY KEY, i INTEGER, r REAL, d DECIMAL(38,10), t TEXT);
  INSERT INTO numbers VALUES
    (9223372036854775807, -9223372036854775808, -0.0, 0.1, '123456789012345678901234567890.12345'),
    (-9223372036854775808, 9223372036854775807, 9e999, 12345678901234567, '-0.000000000000000000000000000001'),
    (9007199254740993, 9007199254740993, -9e999, -1.5, '1.10'),
    (1, 0, 5e-324, NULL, '00123'),
    (2, NULL, 1.7976931348623157e308, 1e20, '1e3'),
    (3, -1, 5.0, 0, '');
  CREATE TABLE texts (id INTEGER PRIMARY KEY, t TEXT, b BLOB);
  INSERT INTO texts VALUES
    (1, '', x''), (2, NULL, NULL), (3, 'ÄÖ 😀 ' || char(13, 10, 9, 8) || '"\\\\''', x'00ff'),
    (4, '{"$bytes":"AA=="}', CAST('text' AS BLOB)), (5, '\\N', x'7b7d'), (6, ' both ', x'c3a4'), (7, char(0x2028, 0xfeff), x'fe');
  CREATE TABLE broken (id INTEGER PRIMARY KEY, nul TEXT, invalid TEXT);
  INSERT INTO broken VALUES (1, 'a' || char(0) || 'b', CAST(x'61fe41' AS TEXT)), (2, 'plain', 'plain'), (3, char(0), CAST(x'80' AS TEXT));
  CREATE TABLE mixed (id INTEGER PRIMARY KEY, v);
  INSERT INTO mixed VALUES (1, 1), (2, 1.0), (3, '1'), (4, x'31'), (5, NULL), (6, 9e999), (7, -0.0), (8, '');
  CREATE TABLE null_keys (k TEXT PRIMARY KEY, v TEXT);
  INSERT INTO null_keys VALUES (NULL, 'a'), (NULL, 'b'), (NULL, 'b'), ('x', 'c');
  CREATE TABLE composite (a TEXT, b INTEGER, v BLOB, PRIMARY KEY (b, a)) WITHOUT ROWID;
  INSERT INTO composite VALUES ('', 1, x''), ('a', 1, NULL), ('A', 1, x'01'), ('a', -1, x'02');
  CREATE TABLE composite_child (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, FOREIGN KEY (b, a) REFERENCES composite (b, a) ON DELETE CASCADE);
  INSERT INTO composite_child VALUES (1, 'A', 1), (2, NULL, 1), (3, '', 1);
  CREATE TABLE no_key (a INTEGER, b TEXT);
  INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (NULL, NULL), (2, '');
  CREATE TABLE tree (id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER REFERENCES tree (id), name TEXT NOT NULL DEFAULT 'node');
  INSERT INTO tree (id, parent) VALUES (1, NULL), (2, 1), (3, 2), (7, 7);
  DELETE FROM tree WHERE id = 3;
  CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER REFERENCES hen (id) DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER REFERENCES egg (id));
  INSERT INTO egg VALUES (1, 1), (2, NULL); INSERT INTO hen VALUES (1, 1), (2, 2);
  CREATE TABLE made (id INTEGER PRIMARY KEY, i INTEGER, twice INTEGER AS (i * 2) STORED, label TEXT AS (upper(coalesce(i, 'none'))) VIRTUAL);
  INSERT INTO made (id, i) VALUES (1, 21), (2, NULL), (3, -4);
  CREATE TABLE moments (id INTEGER PRIMARY KEY, at DATETIME, iso DATETIME, micro TIMESTAMP, day DATE, other DATETIME, epoch INTEGER);
  INSERT INTO moments VALUES
    (1, '2024-02-29 23:59:59', '2024-02-29T23:59:59Z', '2024-02-29 23:59:59.123456', '2024-02-29', '2024-02-29 23:59', 1709251199),
    (2, '0001-01-01 00:00:00', '0001-01-01T00:00:00Z', '1969-12-31 23:59:59.999999', '9999-12-31', '29.2.2024', -1),
    (3, NULL, NULL, NULL, NULL, '', NULL);
  CREATE TABLE flags (id INTEGER PRIMARY KEY, b BOOLEAN, c BOOL NOT NULL DEFAULT 1);
  INSERT INTO flags VALUES (1, 1, 0), (2, 0, 1), (3, NULL, 1);
  CREATE TABLE documents (id INTEGER PRIMARY KEY, j JSON);
  INSERT INTO documents VALUES (1, '{"b": 1.10, "a": [1e3, 9007199254740993]}'), (2, 'null'), (3, NULL), (4, '""'), (5, '[]');
  CREATE TABLE "odd ""name; -- " ("a b" TEXT, "select" INTEGER, "ü" TEXT, PRIMARY KEY ("a b"));
  INSERT INTO "odd ""name; -- " VALUES ('k', 1, 'v');
  CREATE TABLE empty (id INTEGER PRIMARY KEY, v TEXT UNIQUE);
  CREATE UNIQUE INDEX texts_t ON texts (t COLLATE NOCASE) WHERE t <> '';
  CREATE INDEX made_expression ON made (i + 1, id DESC);
  CREATE VIEW eggs AS SELECT egg.id, hen.id AS hen FROM egg JOIN hen ON hen.egg = egg.id;
`;
