#!/usr/bin/env node
import { registerImport } from './commands/import.ts';
import { registerList } from './commands/list.ts';
import { registerShow } from './commands/show.ts';
import { createProgram, runProgram } from './program.ts';

const program = createProgram([registerImport, registerList, registerShow]);
// Not process.exit(): what was written to a pipe may still be on its way.
process.exitCode = await runProgram(program, process.argv.slice(2));
