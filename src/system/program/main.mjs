// @ts-check
/** What runs in the process that run-program.ts starts: one module's default export, called once. */

// Ctrl-C reaches this process too; the parent process decides what to do about it.
process.on("SIGINT", () => {});
// The answer has been sent, or the parent is gone.
process.on("disconnect", () => process.exit());

process.once("message", async (/** @type {{ module: string, input: unknown }} */ { module, input }) => {
  try {
    const { default: program } = await import(module);
    tell({ output: await program(input) });
  } catch (thrown) {
    const { name, message, code, hint, place, details, paste } =
      /** @type {Partial<import("../../core/messages/errors.ts").RowhaulError>} */ (thrown ?? {});
    const own = name === "RowhaulError" ? { more: { hint, place, details, paste } } : {};
    tell({ failed: { message: String(message ?? thrown), code: String(code ?? ""), ...own } });
  }
});

/** @param {object} answer */
function tell(answer) {
  process.send?.(answer, () => process.disconnect());
}
