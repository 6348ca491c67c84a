import type { Output } from '../output.ts';
import { jsonLine, printable } from '../printable.ts';
import type { DrillStep, Evidence, StepListener, StepResult, Verdict } from './steps.ts';

/** Where a drill tells what it does. */
export interface DrillReport extends StepListener {
  /** What there is to know before the first step: a sentence each for people, fields for scripts. */
  open(lines: readonly string[], fields: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** What a person has to do, beside the steps. */
  remind(todo: string): Promise<unknown>;
  /** The last word. */
  close(results: readonly StepResult[]): Promise<unknown>;
}

/** Lines for people, or one JSON object a line. */
export const createDrillReport = (output: Output, options: { readonly json: boolean }): DrillReport =>
  options.json ? new JsonReport(output) : new TextReport(output);

/** How many steps there are of each verdict. */
function count(results: readonly StepResult[]): Readonly<Record<Verdict, number>> {
  const counts = { ok: 0, failed: 0, notReached: 0, stopped: 0 };
  for (const { verdict } of results) counts[verdict] += 1;
  return counts;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const durationOf = (results: readonly StepResult[]): number =>
  results.reduce((sum, { durationMs }) => sum + durationMs, 0);

const VERDICTS: Readonly<Record<Verdict, string>> = {
  ok: 'ok',
  failed: 'FAILED',
  notReached: 'not reached',
  stopped: 'stopped',
};
const INDENT = ' '.repeat(4);
/** The longest name of what is seen in most steps, so that the values of all stand in one column. */
const NAME_WIDTH = 'treasury_executor_unknown_outcomes'.length;
const CLEAR_LINE = '\r\u001b[2K';

class TextReport implements DrillReport {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  open(lines: readonly string[]): Promise<unknown> {
    return this.#output.writeLines([...lines.map(printable), '']);
  }

  async begin(step: number, { title, todo }: DrillStep): Promise<void> {
    if (todo !== undefined) await this.remind(todo);
    if (this.#output.isTerminal) await this.#output.write(this.#fitted(`${heading(step, title)} ...`));
  }

  end({ step, title, verdict, evidence, problems, durationMs }: StepResult): Promise<unknown> {
    const time = verdict === 'notReached' ? '' : `, ${seconds(durationMs)}`;
    const clear = this.#output.isTerminal ? CLEAR_LINE : '';
    return this.#output.writeLines([
      `${clear}${printable(`${heading(step, title)}: ${VERDICTS[verdict]}${time}`)}`,
      ...evidenceLines(evidence).map((line) => printable(`${INDENT}${line}`)),
      ...problems.map((problem) => printable(`${INDENT}! ${problem}`)),
    ]);
  }

  close(results: readonly StepResult[]): Promise<unknown> {
    const { ok, failed, notReached } = count(results);
    const verdict =
      ok === results.length
        ? `drill passed: ${ok} of ${ok} steps`
        : `drill failed: ${ok} of ${results.length} steps passed, ${failed} failed, ${notReached} not reached`;
    return this.#output.writeLines(['', `${verdict}, ${seconds(durationOf(results))}`]);
  }

  remind(todo: string): Promise<unknown> {
    return this.#output.writeLines([printable(`==> ${todo}`)]);
  }

  /** A line that is wider than the terminal could not be taken back. */
  #fitted(line: string): string {
    return printable(line).slice(0, this.#output.width - 1);
  }
}

const heading = (step: number, title: string): string => `${step}. ${title}`;

function evidenceLines(evidence: Evidence): readonly string[] {
  return Object.entries(evidence).map(([name, value]) => `${name.padEnd(NAME_WIDTH)}  ${shown(value)}`);
}

function shown(value: Evidence[string]): string {
  if (value === null) return 'absent';
  if (typeof value !== 'object') return value.toString();
  const parts = Object.entries(value).map(([name, count]) => `${count} ${name}`);
  return parts.length > 0 ? parts.join(', ') : 'none';
}

class JsonReport implements DrillReport {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  open(_lines: readonly string[], fields: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#output.writeLines([jsonLine({ drill: fields })]);
  }

  async begin(step: number, { name, todo }: DrillStep): Promise<void> {
    if (todo !== undefined) await this.#output.writeLines([jsonLine({ step, name, todo })]);
  }

  end(result: StepResult): Promise<unknown> {
    return this.#output.writeLines([jsonLine(result)]);
  }

  remind(todo: string): Promise<unknown> {
    return this.#output.writeLines([jsonLine({ todo })]);
  }

  close(results: readonly StepResult[]): Promise<unknown> {
    const { ok, failed, notReached } = count(results);
    const verdict = ok === results.length ? 'passed' : 'failed';
    const summary = { verdict, ok, failed, notReached, durationMs: durationOf(results) };
    return this.#output.writeLines([jsonLine({ summary })]);
  }
}
