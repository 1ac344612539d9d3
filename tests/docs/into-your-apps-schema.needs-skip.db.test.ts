/** The examples of docs/into-your-apps-schema.md that need the mode `skip`, and for Django rows matched by `key`. */
import { it } from "vitest";
import { django } from "./django.ts";
import { play } from "./example.ts";
import { grafana } from "./grafana.ts";

it.concurrent("Grafana", () => play(grafana));
it.concurrent("a Django site", () => play(django));
