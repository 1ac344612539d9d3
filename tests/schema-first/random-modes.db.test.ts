import { randomModes } from "./random-modes.ts";

randomModes(16, 1);
