/** One event of a `text/event-stream`. */
export interface SseEvent {
  readonly type: string;
  readonly data: string;
  /** Id of this event or of the last one before it that had one; empty until there was one. */
  readonly id: string;
}

/**
 * Reads an event stream piece by piece, wherever the network cut it: inside a line, between CR and LF.
 *
 * Follows https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, without `retry`:
 * how long to wait is the client's matter here.
 */
export class SseParser {
  readonly #onEvent: (event: SseEvent) => void;
  #rest = '';
  #isFirst = true;
  #endedWithCr = false;
  #type = '';
  #data: string[] = [];
  #id = '';

  constructor(onEvent: (event: SseEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(chunk: string): void {
    let text = chunk;
    if (text === '') return;
    if (this.#isFirst) {
      this.#isFirst = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    // The LF of a CR LF that was cut in two ends no second line.
    if (this.#endedWithCr && text.startsWith('\n')) text = text.slice(1);
    this.#endedWithCr = chunk.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }

  #dispatch(): void {
    const type = this.#type === '' ? 'message' : this.#type;
    const data = this.#data;
    this.#type = '';
    this.#data = [];
    if (data.length > 0) this.#onEvent({ type, data: data.join('\n'), id: this.#id });
  }
}
