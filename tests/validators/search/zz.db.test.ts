import Database from "better-sqlite3";
import { test } from "vitest";
import { compareAnswers } from "../../../src/validators/search/answer.ts";
import { indexesOf } from "../../../src/validators/search/input.ts";
import { sourceSearch } from "../../../src/validators/search/source-search.ts";
import { targetSearch } from "../../../src/validators/search/target-search.ts";
import { openSource } from "../../../src/validators/source-reader.ts";
import { withTarget } from "../../../src/validators/target-reader.ts";
import { useDatabase } from "../../support/database.ts";
import { bothSides } from "./both-sides.ts";
import { someTexts } from "./texts.ts";
const database = useDatabase();
test("x", async () => {
  const input = await bothSides(database.pool, { columns: ["title", "body"], rows: someTexts(150, 2) });
  const [index] = indexesOf(input.plan, input.schema, input.plan.search!);
  const s = openSource(input.snapshot);
  await withTarget(database.pool, input.signal, async (t) => {
    const a = sourceSearch(s, index!); const b = targetSearch(t, index!);
    for (const q of ["body : (NEAR(a of, 4) OR -title : the)","-title : the","body : (-title : the)", "body : (a OR the)","body : (NEAR(a of, 4) OR the)", "NEAR(a of, 4) OR the","body : (NEAR(a ΣΊΣΥΦΟΣ, 4) OR -title : the)","body : (a OR -title : the)", "body: NEAR(a ΣΊΣΥΦΟΣ)", "body:(NEAR(a ΣΊΣΥΦΟΣ))", "NEAR(a of) OR the", "body:NEAR(a of) OR the","NEAR(zzz of) OR the", "NEAR(a ΣΊΣΥΦΟΣ) OR the","NEAR(ΣΊΣΥΦΟΣ a, 4) OR the","NEAR(a ΣΊΣΥΦΟΣ + of, 4) OR the","body:(NEAR(a ΣΊΣΥΦΟΣ + of, 4) OR the)", "the OR NEAR(a ΣΊΣΥΦΟΣ + of, 4)","NEAR(a ΣΊΣΥΦΟΣ + of, 4)","ΣΊΣΥΦΟΣ + of OR the", "(a AND ΣΊΣΥΦΟΣ + of) OR the"]) {
      const x = a(q), y = await b(q); const c = compareAnswers(x, y);
      const nodiff = x.ok && y.ok ? x.ids.filter((id, i) => x.scores![i] !== y.scores![y.ids.indexOf(id)]).slice(0,5) : [];
      console.log(q, c.sets, c.order10, c.maxScoreDifference, nodiff, x.ok && nodiff[0] !== undefined ? [x.scores![x.ids.indexOf(nodiff[0])], y.ok && y.scores![y.ids.indexOf(nodiff[0])]] : "", x.ok && x.ids.length);
      if (nodiff[0]!==undefined) console.log(s.prepare("select title, body from docs where rowid=?").raw().get(nodiff[0]));
    }
  });
  s.close();
});
