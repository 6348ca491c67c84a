import { isActor } from './internals.ts';
import type { Shown, ShownFields } from './protocol.ts';

/** Longest string that is shown, most items of a list or an object, and how deep `*` looks. */
const LONGEST_TEXT = 500;
const MOST_ITEMS = 50;
const DEEPEST = 8;
/** Fields of a context or an event, and values of one of them in all: what `*` finds may be a whole graph. */
const MOST_FIELDS = 200;
const MOST_VALUES = 1_000;
/** An object of which nothing is shown but that it is there. */
const OBJECT = '{…}';

/** What a list of paths allows at one place of a value. */
export interface Allowed {
  /** A path ends here: a plain value is shown, of an object that it is there. */
  readonly isNamed: boolean;
  /** Everything beneath. */
  readonly isAll: boolean;
  readonly fields: ReadonlyMap<string, Allowed>;
  /** For each item of a list. */
  readonly items: Allowed | undefined;
}

interface Building {
  isNamed: boolean;
  isAll: boolean;
  readonly fields: Map<string, Building>;
  items: Building | undefined;
}

const building = (): Building => ({ isNamed: false, isAll: false, fields: new Map(), items: undefined });

/**
 * Reads paths like `failures`, `lease.fence`, `rows[].id`, `policy.*`, `*`.
 *
 * @throws RangeError for what is no path: read with good will, it would show more than was meant
 */
export function allowList(paths: readonly string[]): Allowed {
  const root = building();
  for (const path of paths) {
    let place = root;
    for (const word of wordsOf(path)) {
      if (word === '*') place.isAll = true;
      else if (word === '[]') place = place.items ??= building();
      else place = fieldOf(place, word);
    }
    place.isNamed = true;
  }
  return root;
}

function wordsOf(path: string): readonly string[] {
  const words = path.split('.').flatMap((part) => part.split(/(?=\[\])/));
  const isWord = (word: string, i: number) =>
    word === '*' ? i === words.length - 1 : word === '[]' || /^[^*[\]]+$/.test(word);
  if (words.every(isWord)) return words;
  throw new RangeError(
    `${JSON.stringify(path)} is no path of an allow-list: they are like lease.fence, rows[].id, policy.*`,
  );
}

function fieldOf(place: Building, name: string): Building {
  const known = place.fields.get(name);
  if (known !== undefined) return known;
  const made = building();
  place.fields.set(name, made);
  return made;
}

/**
 * Lets through what an allow-list names, as plain JSON. Everything else is left out as if it were not there: an
 * allow-list, because a list of what is secret is never complete.
 *
 * It never throws, whatever the values do when they are looked at, and what it gives is bounded.
 */
export class Projection {
  readonly #secrets: readonly string[];

  /** @param secrets texts that must not be shown wherever they stand */
  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets;
  }

  /** The allowed fields of an object. */
  fields(value: object, allowed: Allowed): ShownFields {
    const shown: Record<string, Shown> = {};
    const look = this.#look();
    for (const name of namesOf(value, allowed).slice(0, MOST_FIELDS)) {
      const field = look.field(value, name, allowed);
      if (field !== undefined) put(shown, this.text(name), field);
    }
    return shown;
  }

  /** One field of an object by its name; `undefined` when it is not allowed, or not there. */
  field(value: object, name: string, allowed: Allowed): Shown | undefined {
    return this.#look().field(value, name, allowed);
  }

  #look(): Look {
    return new Look((text) => this.text(text));
  }

  text(text: string): string {
    const safe = this.#scrub(this.#cut(text, 4 * LONGEST_TEXT));
    return text.length <= LONGEST_TEXT ? safe : `${safe.slice(0, LONGEST_TEXT)}… (${text.length} characters)`;
  }

  /** Never through the middle of a secret, which would not be found then. */
  #cut(text: string, length: number): string {
    if (text.length <= length) return text;
    let cut = text.slice(0, length);
    for (const secret of this.#secrets) {
      for (let left = Math.min(secret.length - 1, cut.length); left > 0; left -= 1) {
        if (cut.endsWith(secret.slice(0, left))) cut = cut.slice(0, -left);
      }
    }
    return cut.replace(/[a-z][a-z0-9+.-]{0,20}:\/\/[^/\s]*$/i, '');
  }

  #scrub(text: string): string {
    return this.#secrets
      .reduce((safe, secret) => safe.replaceAll(secret, '***'), text)
      .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/)[^/\s]*@/gi, '$1***@');
  }
}

/** One look at one value: how many values it may still show, and which objects it is in. */
class Look {
  readonly #text: (text: string) => string;
  readonly #above = new Set<object>();
  #left = MOST_VALUES;

  constructor(text: (text: string) => string) {
    this.#text = text;
  }

  field(value: object, name: string, allowed: Allowed): Shown | undefined {
    const own = allowed.isAll ? allowed : allowed.fields.get(name);
    return own && this.#at(read(value, name), own);
  }

  #at(value: unknown, allowed: Allowed): Shown | undefined {
    if (typeof value !== 'object' && !allowed.isNamed && !allowed.isAll) return undefined;
    this.#left -= 1;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        // JSON has no -0.
        return Number.isFinite(value) ? value + 0 : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return this.#text(bigintText(value));
      case 'object':
        return value === null ? null : this.#object(value, allowed);
      default:
        return undefined;
    }
  }

  #object(value: object, allowed: Allowed): Shown {
    if (this.#left < 0 || this.#above.size >= DEEPEST || this.#above.has(value)) return OBJECT;
    this.#above.add(value);
    try {
      return this.#inside(value, allowed);
    } catch {
      // A proxy, or a class whose methods do not bear to be called.
      return OBJECT;
    } finally {
      this.#above.delete(value);
    }
  }

  #inside(value: object, allowed: Allowed): Shown {
    const isWhole = allowed.isNamed || allowed.isAll;
    if (isActor(value)) return OBJECT;
    if (value instanceof Error && isWhole) {
      return { name: this.#text(String(value.name)), message: this.#text(String(value.message)) };
    }
    if (value instanceof Date && isWhole && !Number.isNaN(value.getTime())) return value.toISOString();
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    return Array.isArray(value) ? this.#list(value, allowed) : this.#fields(value, allowed);
  }

  #fields(value: object, allowed: Allowed): Shown {
    const names = namesOf(value, allowed);
    if (names.length === 0) return allowed.isAll && isPlain(value) ? {} : OBJECT;
    const shown: Record<string, Shown> = {};
    for (const name of names.slice(0, MOST_ITEMS)) {
      const field = this.field(value, name, allowed);
      if (field !== undefined) put(shown, this.#text(name), field);
    }
    if (names.length > MOST_ITEMS) put(shown, '…', `${names.length - MOST_ITEMS} more`);
    return shown;
  }

  #list(list: readonly unknown[], allowed: Allowed): Shown {
    const ofItems = allowed.isAll ? allowed : allowed.items;
    if (ofItems === undefined) return `list of ${list.length}`;
    const shown = Array.from(
      { length: Math.min(list.length, MOST_ITEMS) },
      (_, i) => this.#at(list[i], ofItems) ?? null,
    );
    return list.length > MOST_ITEMS ? [...shown, `… ${list.length - MOST_ITEMS} more`] : shown;
  }
}

/** Names of the fields that are there and allowed. */
function namesOf(value: object, { isAll, fields }: Allowed): readonly string[] {
  try {
    return isAll ? Object.keys(value) : [...fields.keys()].filter((name) => Object.hasOwn(value, name));
  } catch {
    return [];
  }
}

/** What is there; nothing where it cannot be looked at. */
function read(value: object, name: string): unknown {
  try {
    return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  } catch {
    return undefined;
  }
}

/** A number of a million digits takes seconds to write. */
const bigintText = (value: bigint): string =>
  BigInt.asIntN(4_096, value) === value ? value.toString() : 'a number of more than 4096 bits';

/** Also a field that is called `__proto__`. */
function put(shown: Record<string, Shown>, name: string, field: Shown): void {
  Object.defineProperty(shown, name, { value: field, enumerable: true, configurable: true, writable: true });
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));
