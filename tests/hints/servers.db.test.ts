import { walk } from "./cases.ts";
import { servers } from "./servers.ts";

walk(servers);
