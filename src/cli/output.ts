import type { Writable } from 'node:stream';

/** Standard output takes no more: a full disk, a broken terminal. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Whoever read standard output wants no more of it. */
export const isReaderGone = (fault: Error): boolean => 'code' in fault && fault.code === 'EPIPE';

/** What it means for the command that standard output could not be written. */
export const unwritten = (fault: Error): OutputError =>
  new OutputError(`cannot write to standard output (${fault.message}): free the disk or write elsewhere`, {
    cause: fault,
  });

/** What of `process.stdout` is needed; tests give another stream. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Standard output for commands that write much: waits for slow readers, so that nothing piles up in memory, and takes
 * the end of the reader (`| head`) for a wish to stop, not for an error.
 */
export class Output {
  readonly #stream: OutputStream;
  #readerGone = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    // Each write learns of its own fault by its callback; without a listener the same fault ends the process.
    stream.on('error', () => {});
  }

  /** Whether a person looks at it. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Columns of the terminal; as many as it takes where it is none. */
  get width(): number {
    return this.isTerminal ? (this.#stream.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  /** Writes text, and gives `false` once nobody reads any more: the caller then ends quietly. */
  async write(text: string): Promise<boolean> {
    if (this.#readerGone) return false;
    const fault = await new Promise<Error | null | undefined>((resolve) => {
      this.#stream.write(text, resolve);
    }).catch((error: Error) => error);
    if (!fault) return true;
    if (!isReaderGone(fault)) throw unwritten(fault);
    this.#readerGone = true;
    return false;
  }

  /** Writes lines, each with its end. */
  writeLines(lines: readonly string[]): Promise<boolean> {
    return this.write(lines.map((line) => `${line}\n`).join(''));
  }
}

/** The output of this process. Created on first use, because a stream that nobody uses should stay unopened. */
export const standardOutput = (): Output => new Output(process.stdout);
