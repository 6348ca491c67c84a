/** A value of a JSON text together with the place that it came from. */
export interface JsonNode {
  /** Plain objects have no prototype, so that a field named `__proto__` is a field. */
  readonly value: unknown;
  /** Offsets into the text; `end` lies behind the last character. */
  readonly start: number;
  readonly end: number;
  /** Members of an object by name, of an array by index. Absent for scalars. */
  readonly children?: ReadonlyMap<string | number, JsonNode>;
}

/** The text is no JSON. `offset` is where reading stopped. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Rows are two levels deep. The bound keeps hostile nesting from exhausting the stack. */
const MAX_DEPTH = 16;

/**
 * Reads JSON (RFC 8259) like `JSON.parse`, which gives values without places, and stricter in one point: a name that an
 * object has twice is refused, because `JSON.parse` would silently pay the second amount.
 *
 * @throws JsonSyntaxError
 */
export function parseJsonTree(text: string): JsonNode {
  return new JsonReader(text).read();
}

class JsonReader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonNode {
    const node = this.#value(0);
    this.#skipSpace();
    if (this.#offset < this.#text.length) this.#fail('expected the end of the text');
    return node;
  }

  #value(depth: number): JsonNode {
    this.#skipSpace();
    if (depth > MAX_DEPTH) this.#fail(`expected at most ${MAX_DEPTH} levels of nesting`);
    const start = this.#offset;
    const character = this.#text[start];
    if (character === '{') return this.#object(start, depth);
    if (character === '[') return this.#array(start, depth);
    if (character === '"') return this.#scalar(start, this.#stringEnd(start), 'expected a valid string');
    const token = this.#match(/[-+.0-9A-Za-z]*/y);
    return this.#scalar(start, start + token.length, 'expected a value');
  }

  #object(start: number, depth: number): JsonNode {
    const value: Record<string, unknown> = Object.create(null);
    const children = new Map<string, JsonNode>();
    this.#members('}', () => {
      const name = this.#name();
      if (children.has(name.text)) this.#fail('expected every name once in an object', name.start);
      this.#expect(':', 'expected ":"');
      const child = this.#value(depth + 1);
      children.set(name.text, child);
      value[name.text] = child.value;
    });
    return { value, children, start, end: this.#offset };
  }

  #array(start: number, depth: number): JsonNode {
    const value: unknown[] = [];
    const children = new Map<number, JsonNode>();
    this.#members(']', () => {
      const child = this.#value(depth + 1);
      children.set(value.length, child);
      value.push(child.value);
    });
    return { value, children, start, end: this.#offset };
  }

  /** What lies between an opening bracket, at which reading stands, and its closing one. */
  #members(close: '}' | ']', member: () => void): void {
    this.#offset += 1;
    this.#skipSpace();
    if (this.#text[this.#offset] !== close) {
      do {
        member();
        this.#skipSpace();
      } while (this.#take(','));
    }
    this.#expect(close, `expected "," or "${close}"`);
  }

  #name(): { text: string; start: number } {
    this.#skipSpace();
    const start = this.#offset;
    if (this.#text[start] !== '"') this.#fail('expected a name in double quotes');
    const node = this.#scalar(start, this.#stringEnd(start), 'expected a valid string');
    return { text: String(node.value), start };
  }

  /** `JSON.parse` knows what a string or a number may look like, so each is left to it. */
  #scalar(start: number, end: number, expectation: string): JsonNode {
    try {
      const value: unknown = JSON.parse(this.#text.slice(start, end));
      this.#offset = end;
      return { value, start, end };
    } catch {
      this.#fail(expectation, start);
    }
  }

  #stringEnd(start: number): number {
    for (let index = start + 1; index < this.#text.length; index += 1) {
      const character = this.#text[index];
      if (character === '"') return index + 1;
      if (character === '\\') index += 1;
    }
    this.#fail('expected a closing quote', start);
  }

  #skipSpace(): void {
    this.#offset += this.#match(/[ \t\r\n]*/y).length;
  }

  #match(sticky: RegExp): string {
    sticky.lastIndex = this.#offset;
    return sticky.exec(this.#text)?.[0] ?? '';
  }

  #take(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false;
    this.#offset += 1;
    return true;
  }

  #expect(character: string, expectation: string): void {
    this.#skipSpace();
    if (!this.#take(character)) this.#fail(expectation);
  }

  #fail(expectation: string, offset = this.#offset): never {
    throw new JsonSyntaxError(expectation, offset);
  }
}
