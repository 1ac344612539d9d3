/** Every command, in the order of a job. */

import type { Command } from "./command.ts";
import { checkCommand } from "./definitions/check.ts";
import { cleanCommand } from "./definitions/clean.ts";
import { compareCommand } from "./definitions/compare.ts";
import { copyCommand } from "./definitions/copy.ts";
import { cutoverCommand } from "./definitions/cutover.ts";
import { downCommand, queryCommand, upCommand } from "./definitions/embedded.ts";
import { exportCommand } from "./definitions/export.ts";
import { importCommand } from "./definitions/import.ts";
import { initCommand } from "./definitions/init.ts";
import { loadCommand } from "./definitions/load.ts";
import { planCommand } from "./definitions/plan.ts";
import { rehearseCommand } from "./definitions/rehearse.ts";
import { reportCommand } from "./definitions/report.ts";
import { rollbackCommand } from "./definitions/rollback.ts";
import { runCommand } from "./definitions/run.ts";
import { statusCommand } from "./definitions/status.ts";
import { validateCommand } from "./definitions/validate.ts";

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
