// @ts-check
/** @param {"throw" | "exit" | "kill" | "late" | "forever" | "function"} how */
export default function ending(how) {
  if (how === "throw") throw Object.assign(new Error("the file is no database"), { code: "SQLITE_NOTADB" });
  if (how === "exit") {
    console.error("first line\nlast line");
    process.exit(7);
  }
  if (how === "kill") process.kill(process.pid, "SIGTERM");
  if (how === "late") throw undefined;
  if (how === "function") return () => {};
  // As SQLite does: without looking at anything else.
  for (;;) Math.sqrt(2);
}
