import { type Check, type Finding, failed } from './check.ts';
import { CHECKS } from './checks.ts';
import { findingOf } from './from-error.ts';
import { type DoctorOptions, Subject } from './subject.ts';

/** A finding with the name of its check. */
export interface Line extends Finding {
  readonly check: string;
}

/** Most checks make a few requests, one after the other at worst. */
const REQUESTS = 4;

/**
 * Goes through the checklist, one check after the other, and tells each finding as it is made. It never throws: a check
 * that does has failed, and the others go on.
 */
export async function* examine(
  options: DoctorOptions,
  checks: readonly Check[] = CHECKS,
): AsyncGenerator<Line> {
  const subject = new Subject(options);
  try {
    for (const check of checks) {
      const findings = await within(REQUESTS * options.checkTimeout, (signal) =>
        check.examine(subject, { signal }),
      );
      for (const finding of findings) yield { check: check.name, ...finding };
    }
  } finally {
    await subject.close();
  }
}

/** Runs a check, and waits no longer than this for it. */
async function within(
  limitMs: number,
  examine: (signal: AbortSignal) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const controller = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<readonly Finding[]>();
  const timer = setTimeout(() => {
    resolve([
      failed(`no result within ${limitMs / 1000} s`, 'see what is slow; --check-timeout gives it longer'),
    ]);
    controller.abort();
  }, limitMs);
  try {
    return await Promise.race([examine(controller.signal), late]);
  } catch (error) {
    return [findingOf(error)];
  } finally {
    clearTimeout(timer);
  }
}
