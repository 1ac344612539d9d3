import { it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { trip } from "./round-trip.ts";
const first = useDatabase();
it("x", async () => {
  const j = trip();
  const e = await j.export("/work/shared/data/json/countries.json", "export", {});
  for (const [to, s] of [[first.url, "x"], [j.path("json.db"), undefined]] as const)
    await j.move(e, to, s).then(() => console.log("ok", to), (x) => console.log(to.slice(0, 9), JSON.stringify(x.details?.slice(0,3)).slice(0, 3000), x.message));
});
