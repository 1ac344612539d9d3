import { walk } from "./cases.ts";
import { files } from "./files.ts";

walk(files);
