import type { Shown, ShownFields } from './protocol.ts';

/** Longest string that is shown, most items of a list, and how deep `*` looks. */
const LONGEST_TEXT = 500;
const MOST_ITEMS = 50;
const DEEPEST = 8;
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

/** Reads paths like `failures`, `lease.fence`, `rows[].id`, `policy.*`, `*`. */
export function allowList(paths: readonly string[]): Allowed {
  const root = building();
  for (const path of paths) {
    let place = root;
    for (const word of path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
      if (word === '*') place.isAll = true;
      else if (word === '[]') place = place.items ??= building();
      else place = fieldOf(place, word);
    }
    place.isNamed = true;
  }
  return root;
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
 */
export class Projection {
  readonly #scrub: (text: string) => string;

  /** @param secrets texts that must not be shown wherever they stand */
  constructor(secrets: readonly string[] = []) {
    this.#scrub = (text) =>
      secrets
        .reduce((safe, secret) => safe.replaceAll(secret, '***'), text)
        .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/)[^/@\s]{1,200}@/gi, '$1***@');
  }

  /** The allowed fields of an object. */
  fields(value: object, allowed: Allowed): ShownFields {
    const shown: Record<string, Shown> = {};
    for (const [name, inner] of this.#entries(value, allowed)) {
      const field = this.#value(inner, allowed.fields.get(name) ?? allowed, 0);
      if (field !== undefined) put(shown, name, field);
    }
    return shown;
  }

  /** One field of an object by its name; `undefined` when it is not allowed, or not there. */
  field(value: object, name: string, allowed: Allowed): Shown | undefined {
    const own = allowed.fields.get(name) ?? (allowed.isAll ? allowed : undefined);
    return own && this.#value((value as Record<string, unknown>)[name], own, 0);
  }

  text(text: string): string {
    const safe = this.#scrub(text.slice(0, 4 * LONGEST_TEXT));
    return text.length <= LONGEST_TEXT ? safe : `${safe.slice(0, LONGEST_TEXT)}… (${text.length} characters)`;
  }

  #value(value: unknown, allowed: Allowed, depth: number): Shown | undefined {
    if (typeof value !== 'object' && !allowed.isNamed && !allowed.isAll) return undefined;
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return value.toString();
      case 'object':
        return value === null ? null : this.#object(value, allowed, depth);
      default:
        return undefined;
    }
  }

  #object(value: object, allowed: Allowed, depth: number): Shown {
    const isWhole = allowed.isNamed || allowed.isAll;
    if (value instanceof Error && isWhole) {
      return { name: this.text(value.name), message: this.text(value.message) };
    }
    if (value instanceof Date && isWhole && !Number.isNaN(value.getTime())) return value.toISOString();
    if (depth >= DEEPEST) return OBJECT;
    if (Array.isArray(value)) return this.#list(value, allowed, depth);
    const entries = this.#entries(value, allowed);
    if (entries.length === 0) return allowed.isAll && isPlain(value) ? {} : OBJECT;
    const shown: Record<string, Shown> = {};
    for (const [name, inner] of entries.slice(0, MOST_ITEMS)) {
      const field = this.#value(inner, allowed.fields.get(name) ?? allowed, depth + 1);
      if (field !== undefined) put(shown, this.text(name), field);
    }
    if (entries.length > MOST_ITEMS) put(shown, '…', `${entries.length - MOST_ITEMS} more`);
    return shown;
  }

  #list(list: readonly unknown[], allowed: Allowed, depth: number): Shown {
    const ofItems = allowed.items ?? (allowed.isAll ? allowed : undefined);
    if (ofItems === undefined) return `list of ${list.length}`;
    const shown = list.slice(0, MOST_ITEMS).map((item) => this.#value(item, ofItems, depth + 1) ?? null);
    return list.length > MOST_ITEMS ? [...shown, `… ${list.length - MOST_ITEMS} more`] : shown;
  }

  #entries(value: object, { isAll, fields }: Allowed): readonly (readonly [string, unknown])[] {
    if (isAll) return Object.entries(value);
    const own = value as Record<string, unknown>;
    return [...fields.keys()].filter((name) => Object.hasOwn(own, name)).map((name) => [name, own[name]]);
  }
}

/** Also a field that is called `__proto__`. */
function put(shown: Record<string, Shown>, name: string, field: Shown): void {
  Object.defineProperty(shown, name, { value: field, enumerable: true, configurable: true, writable: true });
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value));
