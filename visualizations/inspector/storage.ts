/** A place for a text that may be forbidden, by a browser that keeps nothing: then it lasts as long as the page. */
export interface Keeper {
  get(): string | undefined;
  set(value: string | undefined): void;
}

export function keeper(storage: () => Storage, key: string): Keeper {
  let kept: string | undefined;
  return {
    get() {
      try {
        return storage().getItem(key) ?? kept;
      } catch {
        return kept;
      }
    },
    set(value) {
      kept = value;
      try {
        if (value === undefined) storage().removeItem(key);
        else storage().setItem(key, value);
      } catch {
        // Private windows may forbid it; `kept` has it.
      }
    },
  };
}
