/** The operations on shared memory between which another thread may come, or after which a thread may stop for good. */
const OPERATIONS = ['load', 'store', 'compareExchange', 'or', 'notify', 'wait', 'waitAsync'] as const;

type Operation = (...args: unknown[]) => unknown;

class Killed extends Error {}

/** Right before the n-th operation on shared memory from now on, whoever's it is, does something else. */
function interruptAt(
  n: number,
  interrupt: () => void,
): { readonly hasCome: () => boolean; readonly off: () => void } {
  const atomics = Atomics as unknown as Record<string, Operation>;
  const originals = OPERATIONS.map((name) => [name, atomics[name] as Operation] as const);
  const off = () => {
    for (const [name, original] of originals) atomics[name] = original;
  };
  let step = 0;
  for (const [name, original] of originals) {
    atomics[name] = (...args) => {
      step += 1;
      if (step !== n) return original(...args);
      off();
      interrupt();
      return original(...args);
    };
  }
  return { hasCome: () => step >= n, off };
}

/** Does something, and right before its n-th operation something else. Whether it came so far. */
export function interrupted(act: () => void, n: number, interrupt: () => void): boolean {
  const { hasCome, off } = interruptAt(n, interrupt);
  try {
    act();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    off();
  }
  return hasCome();
}

/** The same for something that takes its time. It is over when `act` is. */
export async function interruptedLater(
  act: () => Promise<void>,
  n: number,
  interrupt: () => void,
): Promise<boolean> {
  const { hasCome, off } = interruptAt(n, interrupt);
  try {
    await act();
  } finally {
    off();
  }
  return hasCome();
}

interface Race {
  /** What one thread does. */
  readonly act: () => void;
  /** What another one does in the middle of it. */
  readonly meanwhile: () => void;
  /** What must hold when both are done. @param step at which operation of the first one the other came */
  readonly check: (step: number) => void;
}

/** Plays a race once for each operation of the first thread, with the other one right before it. How many there were. */
export function atEachStep(newRace: () => Race): number {
  for (let n = 1; ; n += 1) {
    const { act, meanwhile, check } = newRace();
    if (!interrupted(act, n, meanwhile)) return n - 1;
    check(n);
  }
}

/** Lets a thread stop for good right before its n-th operation. Whether it came so far. */
export const killedAt = (n: number, act: () => void): boolean =>
  interrupted(act, n, () => {
    throw new Killed();
  });

interface Death {
  readonly act: () => void;
  /** What must hold for the others. @param step right before which operation the thread stopped */
  readonly check: (step: number) => void;
}

/** Lets a thread stop for good, once at each of its operations. How many there were. */
export function dyingAtEachStep(newDeath: () => Death): number {
  for (let n = 1; ; n += 1) {
    const { act, check } = newDeath();
    if (!killedAt(n, act)) return n - 1;
    check(n);
  }
}
