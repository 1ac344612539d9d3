/** Run by vitest before each test file: its hook is registered before any of the file's, so it runs after them all. */
import { afterAll } from "vitest";
import { endFile } from "./after-file.ts";

afterAll(endFile);
