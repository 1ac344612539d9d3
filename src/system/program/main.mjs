// @ts-check
/** What runs in the process that run-program.ts starts: one module's default export, called once. */

// Ctrl-C reaches this process too; what becomes of that is decided by the one that asked.
process.on("SIGINT", () => {});
// The answer has been sent, or nobody is left to hear it.
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
