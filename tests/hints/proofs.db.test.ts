import { walk } from "./cases.ts";
import { proofs } from "./proofs.ts";

walk(proofs);
