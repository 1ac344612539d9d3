/**
 * Makes few files of the command line: hundreds of small ones take three times as long to load, at every command. What a
 * command imports only when it runs stays apart, in `chunks/`, so that it costs the others nothing.
 */
import { chmodSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { rolldown } from "rolldown";

/** `draft`: a folder with the compiled modules; `cli/main.js` in it is replaced. Packages stay what they are. */
export async function bundleCli(draft) {
  const main = join(draft, "cli/main.js");
  const isPackage = (id) => !id.startsWith(".") && !isAbsolute(id);
  const build = await rolldown({ input: { main }, platform: "node", external: isPackage, treeshake: false });
  try {
    await build.write({
      dir: draft,
      format: "esm",
      entryFileNames: "cli/main.js",
      comments: false,
      // as deep as the modules' folders, from where some of them look for files beside them
      chunkFileNames: "chunks/[name].js",
    });
  } finally {
    await build.close();
  }
  chmodSync(main, 0o755);
}
