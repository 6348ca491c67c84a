import { MultiBar, type SingleBar } from 'cli-progress';
import { pino } from 'pino';
import { isReaderGone, standardOutput, unwritten } from '../output.ts';
import { printable } from '../printable.ts';
import { describeCircuit, type Progress, type Summary } from './progress.ts';

/** Where a running treasury tells what happens. */
export interface Report {
  /** Something that happened once. */
  say(message: string): void;
  /** Something that went wrong, in one line. */
  warn(message: string): void;
  progress(progress: Progress): void;
  /** The last word. */
  end(summary: Summary): Promise<void>;
}

/** A bar on a terminal, lines elsewhere, one JSON object a line when asked for. */
export function createReport(options: { readonly json: boolean }): Report {
  if (options.json) return new JsonReport();
  return standardOutput().isTerminal ? new TerminalReport() : new PlainReport();
}

const FORMAT = ' {bar} {value}/{total} settled  {circuit}  {rate}/s  epoch {epoch}  later {later}  {note}';

function summaryLines(summary: Summary): readonly string[] {
  const rows: readonly (readonly [string, string | number])[] = [
    ['paid', summary.paid],
    ['cancelled', summary.cancelled],
    ['dead letters', summary.deadLetter],
    ['waiting', summary.waiting],
    ['later', summary.later],
    ['outstanding', summary.outstanding],
    ['total amount', `${summary.totalAmount} base units`],
    ['breaker openings', summary.breakerOpenings],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(17)}${value}`);
}

class TerminalReport implements Report {
  readonly #bars = new MultiBar({
    format: FORMAT,
    hideCursor: true,
    barsize: 24,
    fps: 10,
    emptyOnZero: true,
  });
  #bar: SingleBar | undefined;

  say(message: string): void {
    this.#above(message);
  }

  warn(message: string): void {
    this.#above(`! ${message}`);
  }

  progress(progress: Progress): void {
    const settled = progress.paid + progress.cancelled + progress.deadLetter;
    const payload = {
      circuit: describeCircuit(progress),
      rate: progress.rate.toFixed(1),
      epoch: progress.epoch,
      later: progress.later,
      note: noteOf(progress),
    };
    this.#bar ??= this.#bars.create(settled + progress.outstanding, settled, payload);
    this.#bar.setTotal(settled + progress.outstanding);
    this.#bar.update(settled, payload);
  }

  async end(summary: Summary): Promise<void> {
    this.#bars.stop();
    await standardOutput().writeLines(summaryLines(summary));
  }

  #above(message: string): void {
    const line = `${printable(message)}\n`;
    if (this.#bar === undefined) process.stdout.write(line);
    else this.#bars.log(line);
  }
}

function noteOf(progress: Progress): string {
  if (!progress.leaseHeld) return 'standby: another executor holds the lease';
  const waiting = progress.waiting > 0 ? `waiting ${progress.waiting}  ` : '';
  return `${waiting}${printable(progress.error ?? '')}`;
}

/** Lines, at most one of progress a second, and only when something has changed. */
class PlainReport implements Report {
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastLine = '';

  say(message: string): void {
    process.stdout.write(`${printable(message)}\n`);
  }

  warn(message: string): void {
    process.stderr.write(`treasury: ${printable(message)}\n`);
  }

  progress(progress: Progress): void {
    const now = performance.now();
    if (now - this.#lastAt < 1_000) return;
    const { paid, outstanding, cancelled, later, epoch } = progress;
    const line = `paid ${paid}  outstanding ${outstanding}  cancelled ${cancelled}  later ${later}  epoch ${epoch}  ${describeCircuit(progress)}  ${progress.rate.toFixed(1)}/s  ${noteOf(progress)}`;
    if (line === this.#lastLine) return;
    this.#lastAt = now;
    this.#lastLine = line;
    this.say(line.trimEnd());
  }

  async end(summary: Summary): Promise<void> {
    await standardOutput().writeLines(summaryLines(summary));
  }
}

/** What waits for room on a full disk, at most; lines beyond are lost. Characters. */
const UNWRITTEN_LIMIT = 1_000_000;

class JsonReport implements Report {
  readonly #destination = pino.destination({ sync: true, maxLength: UNWRITTEN_LIMIT });
  readonly #log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, this.#destination);
  #fault: Error | undefined;

  constructor() {
    // Without a listener the fault is thrown at whoever has something to say.
    this.#destination.on('error', (error: Error) => {
      if (!isReaderGone(error)) this.#fault = error;
    });
    this.#destination.on('write', () => {
      this.#fault = undefined;
    });
  }

  say(message: string): void {
    this.#log.info(message);
  }

  warn(message: string): void {
    this.#log.warn(message);
  }

  progress(progress: Progress): void {
    const retryAfterMs = Number.isFinite(progress.retryAfterMs) ? progress.retryAfterMs : null;
    this.#log.info({ progress: { ...progress, retryAfterMs, error: progress.error ?? null } });
  }

  async end(summary: Summary): Promise<void> {
    this.#log.info({ summary });
    if (this.#fault !== undefined) throw unwritten(this.#fault);
  }
}
