/**
 * Each query on all sides: whole ranked answers, which must be the same, and for some of them what an
 * application would wait for: the first 50 ranked, and the first 50 in the order of rowids.
 */

/** By class of query, the figures of one full-text table. */
export async function compareTable(rowhaul, { source, servers, indexes, options, signal }) {
  const [index] = indexes;
  const queries = queriesFor(rowhaul, source, index, options);
  const fts5 = rowhaul.sourceSearch(source, index);
  const timeFts5 = fts5Timer(source, index.table.source);
  const classes = new Map();
  const differing = [];
  await withTargets(rowhaul, servers, signal, async (targets) => {
    const searches = targets.map((target, i) => rowhaul.targetSearch(target, indexes[i]));
    await withClients(servers, async (clients) => {
      for (const { class: kind, text } of queries) {
        signal.throwIfAborted();
        const tally = tallyOf(classes, kind, servers);
        tally.queries += 1;
        const reason = rowhaul.excludedBecause(text, index.fullText.module);
        if (reason !== null) {
          tally.excluded[reason] = (tally.excluded[reason] ?? 0) + 1;
          continue;
        }
        const expected = fts5(text);
        const found = await Promise.all(searches.map((search) => search(text)));
        for (const [i, answer] of found.entries()) {
          const comparison = rowhaul.compareAnswers(expected, answer);
          // only where they differ: most such queries have the same scores
          const { sets, sameScores, differentScores } = comparison;
          const odd = sets && !sameScores && rowhaul.hasOddScores(text, differentScores);
          count(tally.servers[i], comparison, odd);
          if (!odd && !isSame(comparison))
            differing.push(difference(index, kind, text, servers[i], expected, answer, comparison));
        }
        if (tally.timed.length < options.timed && expected.ok)
          tally.timed.push(await time(text, timeFts5, clients, indexes));
      }
    });
  });
  return { table: index.table.source, classes, differing };
}

function queriesFor(rowhaul, source, index, { queries, seed, classes }) {
  const { module, detail, tokenize, columns } = index.fullText;
  const shape = {
    module,
    detail,
    columns: columns.filter(({ indexed }) => indexed).map((column) => column.source),
    trigram: /^\s*'?"?trigram/i.test(tokenize),
  };
  const made = rowhaul.makeQueries(rowhaul.readMaterial(source, index, seed), shape, { queries, seed });
  return classes === null ? made : made.filter((query) => classes.includes(query.class));
}

function tallyOf(classes, kind, servers) {
  const there = classes.get(kind);
  if (there !== undefined) return there;
  console.error(`  ${kind}`);
  const none = { asked: 0, errors: 0, sets: 0, order10: 0, order50: 0, scored: 0, sameScores: 0, oddScores: 0 };
  const made = { queries: 0, excluded: {}, servers: servers.map(() => ({ ...none })), timed: [] };
  classes.set(kind, made);
  return made;
}

/** `odd`: FTS5's own scores count words that did not match, and so neither they nor the order are judged. */
function count(sums, { outcome, sets, order10, order50, sameScores }, odd) {
  sums.asked += 1;
  if (outcome === "refused") sums.errors += 1;
  if (sets) sums.sets += 1;
  if (odd) {
    sums.oddScores += 1;
    return;
  }
  sums.scored += 1;
  if (order10) sums.order10 += 1;
  if (order50) sums.order50 += 1;
  if (sameScores) sums.sameScores += 1;
}

function isSame({ outcome, sets, order50, sameText, sameScores }) {
  return sets && order50 && sameScores && (outcome !== "refused" || sameText);
}

function difference(index, kind, query, { name }, expected, answer, comparison) {
  const brief = (side) =>
    side.ok ? `${side.ids.length} rows: ${side.ids.slice(0, 5)} ${side.scores?.slice(0, 3)}` : side.error;
  const { outcome, sets, order10, order50, maxScoreDifference } = comparison;
  return {
    table: index.table.source,
    class: kind,
    server: name,
    query,
    outcome,
    sets,
    order10,
    order50,
    maxScoreDifference,
    fts5: brief(expected),
    postgres: brief(answer),
  };
}

/** One query on each side, one after another, so that each has the machine for itself. */
async function time(query, fts5, clients, indexes) {
  const postgres = [];
  for (const [i, client] of clients.entries()) postgres.push(await timePostgres(client, indexes[i], query));
  return { fts5: fts5(query), postgres };
}

function fts5Timer(source, table) {
  const quoted = `"${table.replaceAll('"', '""')}"`;
  const from = `SELECT rowid, rank FROM main.${quoted} WHERE ${quoted} MATCH ?`;
  const ranked = source.prepare(`${from} ORDER BY rank LIMIT 50`).raw();
  const unranked = source.prepare(`${from.replace(", rank", "")} ORDER BY rowid LIMIT 50`).raw();
  return (query) => ({ ranked: clock(() => ranked.all(query)), unranked: clock(() => unranked.all(query)) });
}

function clock(work) {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** As an application asks, with the server's own settings. */
async function timePostgres(client, { relation, search }, query) {
  const ask = async (ranked) => {
    const started = performance.now();
    await client.query(
      `SELECT rowid, rank FROM "${search.schema}".search($1::regclass, $2, row_limit => 50, ranked => ${ranked})`,
      [relation, query],
    );
    return performance.now() - started;
  };
  return { ranked: await ask(true), unranked: await ask(false) };
}

/** One read-only transaction on each server, as the search validator has. */
function withTargets(rowhaul, servers, signal, work, targets = []) {
  const [next, ...rest] = servers;
  if (next === undefined) return work(targets);
  return rowhaul.withTarget(next.pool, signal, (target) =>
    withTargets(rowhaul, rest, signal, work, [...targets, target]),
  );
}

async function withClients(servers, work) {
  const clients = [];
  try {
    for (const { pool } of servers) clients.push(await pool.connect());
    return await work(clients);
  } finally {
    for (const client of clients) client.release();
  }
}
