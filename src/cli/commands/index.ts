import type { RegisterCommand } from '../program.ts';
import { registerAudit } from './audit.ts';
import { registerBreaker } from './breaker.ts';
import { registerDev } from './dev.ts';
import { registerDoctor } from './doctor.ts';
import { registerDrill } from './drill.ts';
import { registerImport } from './import.ts';
import { registerList } from './list.ts';
import { registerRequeue } from './requeue.ts';
import { registerRun } from './run.ts';
import { registerShow } from './show.ts';

/** The subcommands, in the order in which the help shows them. */
export const COMMANDS: readonly RegisterCommand[] = [
  registerDev,
  registerRun,
  registerImport,
  registerList,
  registerShow,
  registerRequeue,
  registerBreaker,
  registerAudit,
  registerDrill,
  registerDoctor,
];
