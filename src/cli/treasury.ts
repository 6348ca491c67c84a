#!/usr/bin/env node
import { registerBreaker } from './commands/breaker.ts';
import { registerDev } from './commands/dev.ts';
import { registerImport } from './commands/import.ts';
import { registerList } from './commands/list.ts';
import { registerRun } from './commands/run.ts';
import { registerShow } from './commands/show.ts';
import { createProgram, runProgram } from './program.ts';

const program = createProgram([
  registerDev,
  registerRun,
  registerImport,
  registerList,
  registerShow,
  registerBreaker,
]);
// Not process.exit(): what was written to a pipe may still be on its way.
process.exitCode = await runProgram(program, process.argv.slice(2));
