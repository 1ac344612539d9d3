import { walk } from "./cases.ts";
import { tables } from "./tables.ts";

walk(tables);
