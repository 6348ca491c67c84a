#!/usr/bin/env node
import { COMMANDS } from './commands/index.ts';
import { createProgram, runProgram } from './program.ts';

// Not process.exit(): what was written to a pipe may still be on its way.
process.exitCode = await runProgram(createProgram(COMMANDS), process.argv.slice(2));
