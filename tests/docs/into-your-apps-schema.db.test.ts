/** The examples of docs/into-your-apps-schema.md do what the document says. */
import { expect, it } from "vitest";
import { django } from "./django.ts";
import { type Example, headings, play } from "./example.ts";
import { gitea } from "./gitea.ts";
import { grafana } from "./grafana.ts";

const shortest: Example = {
  heading: "Into your application's own schema",
  source: "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace')",
  live: "CREATE TABLE users (id serial PRIMARY KEY, name varchar(40) NOT NULL)",
  rows: { users: ["1|Ada", "2|Grace"] },
};

const readings: Example = {
  heading: "Into your application's own schema",
  and: "How to read it",
  source: `
    CREATE TABLE orders (id INTEGER PRIMARY KEY, placed DATETIME, seen DATETIME, packed INTEGER);
    CREATE TABLE users (id INTEGER PRIMARY KEY, guid BLOB);
    CREATE TABLE files (id INTEGER PRIMARY KEY, hash TEXT);
    CREATE TABLE posts (id INTEGER PRIMARY KEY, tags TEXT);
    CREATE TABLE jobs (id INTEGER PRIMARY KEY, took bigint);
    INSERT INTO orders VALUES (1, '2024-07-01 12:00:00', '2024-07-01 12:00:00', 1719828000123);
    INSERT INTO users VALUES (1, x'33221100554477668899aabbccddeeff');
    INSERT INTO files VALUES (1, '00ff'); INSERT INTO posts VALUES (1, '["a","b"]'); INSERT INTO jobs VALUES (1, 5400000000);`,
  live: `
    CREATE TABLE orders (id int PRIMARY KEY, placed timestamptz, seen timestamptz, packed timestamp);
    CREATE TABLE users (id int PRIMARY KEY, guid uuid); CREATE TABLE files (id int PRIMARY KEY, hash bytea);
    CREATE TABLE posts (id int PRIMARY KEY, tags text[]); CREATE TABLE jobs (id int PRIMARY KEY, took interval);`,
  rows: {
    orders: ["1|2024-07-01 10:00:00+00|2024-07-01 12:00:00+00|2024-07-01 10:00:00.123"],
    users: ["1|00112233-4455-6677-8899-aabbccddeeff"],
    files: ["1|\\x00ff"],
    posts: ["1|{a,b}"],
    jobs: ["1|01:30:00"],
  },
};

const matched: Example = {
  heading: "Into your application's own schema",
  and: "Rows that are there already",
  source: `
    CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT);
    CREATE TABLE users (id INTEGER PRIMARY KEY, role_id INTEGER REFERENCES roles (id));
    CREATE TABLE audit (id INTEGER PRIMARY KEY, actor INTEGER);
    INSERT INTO roles VALUES (1, 'reader'), (2, 'editor'), (9, 'mine'); INSERT INTO settings VALUES ('theme', 'dark');
    INSERT INTO users VALUES (1, 1), (2, 2), (3, 9); INSERT INTO audit VALUES (1, 3);`,
  live: `
    CREATE TABLE roles (id int PRIMARY KEY, name text NOT NULL UNIQUE); INSERT INTO roles VALUES (1, 'editor'), (2, 'reader');
    CREATE TABLE settings (name text PRIMARY KEY, value text); INSERT INTO settings VALUES ('theme', 'light'), ('new', 'x');
    CREATE TABLE users (id int PRIMARY KEY, role_id int REFERENCES roles); CREATE TABLE audit (id int PRIMARY KEY, actor int);`,
  rows: {
    roles: ["1|editor", "2|reader", "9|mine"],
    settings: ["new|x", "theme|dark"],
    users: ["1|2", "2|1", "3|9"],
    audit: ["1|3"],
  },
};

const triggers: Example = {
  heading: "Into your application's own schema",
  and: "Triggers",
  source: "CREATE TABLE h (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO h VALUES (1, 'one'), (2, 'two')",
  live: `
    CREATE TABLE h (id int PRIMARY KEY, title text); CREATE TABLE n (slug text); CREATE TABLE counts (h int);
    INSERT INTO counts VALUES (0);
    CREATE FUNCTION count_h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE public.counts SET h = h + 1; RETURN NULL; END';
    CREATE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.n VALUES (upper(new.title)); RETURN NULL; END';
    CREATE TRIGGER count_h AFTER INSERT ON h FOR EACH ROW EXECUTE FUNCTION count_h();
    CREATE TRIGGER slug AFTER INSERT ON h FOR EACH ROW EXECUTE FUNCTION slug();`,
  rows: { h: ["1|one", "2|two"], counts: ["0"] },
};

const fullText: Example = {
  heading: "Into your application's own schema",
  and: "Full text",
  source:
    "CREATE VIRTUAL TABLE docs_fts USING fts5(title, body); INSERT INTO docs_fts (rowid, title, body) VALUES (3, 'rats', 'about rats')",
  live: "CREATE TABLE articles (id int PRIMARY KEY, heading text, content text, search tsvector GENERATED ALWAYS AS (to_tsvector('simple', content)) STORED)",
  rows: { articles: ["3|rats|about rats|'about':1 'rats':2"] },
};

it.concurrent("the shortest file", () => play(shortest));
it.concurrent("modes by table, and another key", () => play(matched));
it.concurrent("the lines of interpret", () => play(readings));
it.concurrent("triggers", () => play(triggers));
it.concurrent("full text", () => play(fullText));
it.concurrent("Gitea", () => play(gitea));
it.concurrent("Grafana", () => play(grafana));
it.concurrent("a Django site", () => play(django));

it("no example is without its test", () => {
  expect(headings).toEqual([
    "Into your application's own schema",
    "Rows that are there already",
    "How to read it",
    "Triggers",
    "Full text",
    "Gitea",
    "Grafana",
    "A Django site",
  ]);
});
