#!/usr/bin/env node
import { COMMANDS } from './commands/index.ts';
import { createProgram, runProgram } from './program.ts';
import { ignoreMeaninglessSignals } from './signals.ts';

ignoreMeaninglessSignals();
// Whoever read it is gone: that is no reason to end in the middle of a payment.
process.stderr.on('error', () => {});
// All is written by then. What Node would do on, to let go of itself, begins with its signals: the next one would make
// another exit code of a clean end.
process.on('exit', () => process.exit());

// Not process.exit(): what was written to a pipe may still be on its way.
process.exitCode = await runProgram(createProgram(COMMANDS), process.argv.slice(2));
