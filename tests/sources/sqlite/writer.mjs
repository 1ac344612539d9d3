/** Child process of the snapshot's tests: commits a transfer between two tables every 2 ms until it is ended. */
import Database from "better-sqlite3";

const db = new Database(process.argv[2], { timeout: 10_000 });
const transfer = db.transaction((amount) => {
  db.prepare("UPDATE one SET balance = balance - ? WHERE id = abs(random()) % 500 + 1").run(amount);
  db.prepare("INSERT INTO log(amount, note) VALUES (?, ?)").run(amount, "x".repeat(200));
  db.prepare("UPDATE two SET balance = balance + ? WHERE id = abs(random()) % 500 + 1").run(amount);
});
let commits = 0;
setInterval(() => {
  transfer(1 + (commits % 7));
  commits++;
  if (commits % 10 === 0) process.send?.(commits);
}, 2);
