import { randomModes } from "./random-modes.ts";

randomModes(50, 1);
