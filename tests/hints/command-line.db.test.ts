import { walk } from "./cases.ts";
import { commandLine } from "./command-line.ts";

walk(commandLine);
