/**
 * Makes few files of the command line: hundreds of small ones take three times as long to load, at every command. What a
 * command imports only when it runs stays apart, in `chunks/`, so that it costs the others nothing.
 */
import { chmodSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** `draft`: a folder with the compiled modules; `cli/main.js` in it is replaced. Packages stay what they are. */
export async function bundleCli(draft) {
  const main = join(draft, "cli/main.js");
  const isPackage = (id) => !id.startsWith(".") && !isAbsolute(id) && !/^zod(\/|$)/.test(id);
  const plugins = [ownAddresses(main)];
  // The draft stands elsewhere.
  const resolve = { modules: [fileURLToPath(new URL("../node_modules", import.meta.url))] };
  // zod is taken in, without its messages in fifty languages: to load those takes longer than a small copy's work.
  const treeshake = { moduleSideEffects: (id) => !id.includes("/node_modules/zod/") };
  const build = await rolldown({ input: { main }, platform: "node", external: isPackage, treeshake, plugins, resolve });
  try {
    await build.write({
      dir: draft,
      format: "esm",
      entryFileNames: "cli/main.js",
      comments: false,
      banner: ({ moduleIds }) =>
        moduleIds.some((id) => id.includes("/node_modules/zod/"))
          ? "/* With zod, MIT License, Copyright (c) 2025 Colin McDonnell */"
          : "",
      // beside cli/, so that the addresses below hold there too
      chunkFileNames: "chunks/[name].js",
    });
  } finally {
    await build.close();
  }
  chmodSync(main, 0o755);
}

/** A module finds what stands beside it, such as a program to start, from where it would be as a file of its own. */
function ownAddresses(main) {
  return {
    name: "own-addresses",
    transform(code, id) {
      if (id === main || !code.includes("import.meta.url")) return null;
      const path = relative(dirname(main), id).split(sep).join("/");
      return code.replaceAll("import.meta.url", `new URL(${JSON.stringify(path)}, import.meta.url).href`);
    },
  };
}
