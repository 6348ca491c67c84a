import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const WITHIN_MS = 2_000;

/**
 * Whether the system says that it keeps its clock by NTP. `undefined` where it does not say: no systemd, a container.
 * The kernel knows too, and no file tells.
 */
export async function readNtp(signal: AbortSignal): Promise<boolean | undefined> {
  try {
    const { stdout } = await promisify(execFile)(
      'timedatectl',
      ['show', '--property=NTPSynchronized', '--value'],
      { timeout: WITHIN_MS, signal },
    );
    return { yes: true, no: false }[stdout.trim()];
  } catch {
    return undefined;
  }
}
