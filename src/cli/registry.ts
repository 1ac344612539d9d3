/** Every command, in the order of a job. */

import type { Command } from "./command.ts";
import { checkCommand } from "./commands/check.ts";
import { cleanCommand } from "./commands/clean.ts";
import { compareCommand } from "./commands/compare.ts";
import { copyCommand } from "./commands/copy.ts";
import { cutoverCommand } from "./commands/cutover.ts";
import { downCommand, queryCommand, upCommand } from "./commands/embedded.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { loadCommand } from "./commands/load.ts";
import { planCommand } from "./commands/plan.ts";
import { rehearseCommand } from "./commands/rehearse.ts";
import { reportCommand } from "./commands/report.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { runCommand } from "./commands/run.ts";
import { statusCommand } from "./commands/status.ts";
import { validateCommand } from "./commands/validate.ts";

export const commands: readonly Command[] = [
  runCommand,
  copyCommand,
  rehearseCommand,
  exportCommand,
  importCommand,
  compareCommand,
  initCommand,
  checkCommand,
  planCommand,
  loadCommand,
  validateCommand,
  cutoverCommand,
  rollbackCommand,
  statusCommand,
  reportCommand,
  cleanCommand,
  upCommand,
  downCommand,
  queryCommand,
];
