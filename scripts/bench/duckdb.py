"""Copies tables of a SQLite file into PostgreSQL with DuckDB: duckdb.py <file> <url> <table>..., or --version."""
import pathlib
import sys

# this file's own name must not stand in for the package
sys.path = [path for path in sys.path if pathlib.Path(path or ".").resolve() != pathlib.Path(__file__).resolve().parent]

import duckdb
import duckdb_extension_postgres_scanner
import duckdb_extension_sqlite_scanner

connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
for package in (duckdb_extension_sqlite_scanner, duckdb_extension_postgres_scanner):
    [extension] = pathlib.Path(package.__file__).parent.glob("extensions/*/*.duckdb_extension")
    connection.execute(f"INSTALL '{extension}'")
    connection.execute(f"LOAD {extension.stem}")

if sys.argv[1:] == ["--version"]:
    print(duckdb.__version__)
    sys.exit()

file, url, *tables = sys.argv[1:]
quoted = lambda text: "'" + text.replace("'", "''") + "'"
connection.execute(f"ATTACH {quoted(file)} AS source (TYPE sqlite, READ_ONLY)")
connection.execute(f"ATTACH {quoted(url)} AS target (TYPE postgres)")
for table in tables:
    connection.execute(f'CREATE TABLE target.public."{table}" AS SELECT * FROM source."{table}"')
