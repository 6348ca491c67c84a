/** What a key does. */
export interface Key {
  readonly key: string;
  readonly meaning: string;
  readonly press: () => void;
}

const CONTROL_C = '\u0003';

/**
 * Listens to single keys on a terminal. The result gives the terminal back as it was; where there is none, nothing
 * is listened to.
 */
export function listenToKeys(keys: readonly Key[], onInterrupt: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const onData = (data: Buffer) => {
    for (const char of data.toString()) {
      if (char === CONTROL_C) onInterrupt();
      keys.find(({ key }) => key === char.toLowerCase())?.press();
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

/** One line that names the keys. */
export const describeKeys = (keys: readonly Key[]): string =>
  keys.map(({ key, meaning }) => `[${key}] ${meaning}`).join('  ');
