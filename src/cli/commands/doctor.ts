import { type Command, Option } from 'commander';
import type { Count } from '../doctor/report.ts';
import type { DoctorOptions } from '../doctor/subject.ts';
import { parseDuration, parsePositiveInteger } from '../options.ts';
import { standardOutput } from '../output.ts';
import { addRunOptions } from './run-options.ts';

/** The doctor found what is not fit for money. */
class DoctorFaultError extends Error {
  override readonly name = 'DoctorFaultError';
}

const CHECK_TIMEOUT = '5s';

/** `treasury doctor`: the deployment checklist, for the flags that `treasury run` is going to be given. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'go through the deployment checklist, for the flags that "treasury run" is going to be given',
    )
    .option('--chain-id <id>', 'the chain that is meant', parsePositiveInteger)
    .option('--url <url>', 'where the executor serves (default: as --host and --port say)')
    .option('--prometheus-url <url>', 'the Prometheus that has its alerts')
    .addOption(
      new Option('--check-timeout <time>', 'limit of each request')
        .argParser(parseDuration)
        .default(parseDuration(CHECK_TIMEOUT), CHECK_TIMEOUT),
    )
    .action(doctor);
  addRunOptions(command, { isRequired: false });
}

async function doctor(options: DoctorOptions): Promise<void> {
  const [{ examine }, { lineObject, lineText, summaryObject, summaryText }] = await Promise.all([
    import('../doctor/examine.ts'),
    import('../doctor/report.ts'),
  ]);
  const output = standardOutput();
  const count: Count = { ok: 0, warning: 0, failed: 0 };
  for await (const line of examine(options)) {
    count[line.verdict] += 1;
    // Nobody reads any more.
    if (!(await output.writeLines(options.json ? [lineObject(line)] : lineText(line)))) return;
  }
  await output.writeLines([options.json ? summaryObject(count) : summaryText(count)]);
  if (count.failed > 0) {
    throw new DoctorFaultError(`the doctor found ${count.failed} ${count.failed === 1 ? 'fault' : 'faults'}`);
  }
}
