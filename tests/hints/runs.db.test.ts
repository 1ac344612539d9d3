import { walk } from "./cases.ts";
import { runs } from "./runs.ts";

walk(runs);
