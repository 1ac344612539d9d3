#!/usr/bin/env node
/**
 * Starts the command line. Node 22.1 and later keep the code that they have compiled, in the folder for temporary files,
 * and start faster with it; that must be switched on before the rest is loaded, so the rest is imported here.
 */
import * as module from "node:module";

const { enableCompileCache } = module as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();
await import("./program.ts");
