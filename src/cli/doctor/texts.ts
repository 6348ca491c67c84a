/** `60 s`, `0.25 s`. */
export const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(3))} s`;

/** `0.18 ms`. */
export const milliseconds = (ms: number): string => `${Number(ms.toPrecision(2))} ms`;

/** An age or a distance in time in its largest unit: `42 s`, `5 min`, `3 h`, `12 d`. */
export function roughly(ms: number): string {
  const s = Math.round(Math.abs(ms) / 1000);
  if (s < 120) return `${s} s`;
  if (s < 7_200) return `${Math.round(s / 60)} min`;
  return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} d`;
}

/** `3 payments`, `1 payment`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const MIB = 1024 * 1024;

/** Bytes in a unit that is read at a glance: `63.4 GiB`, `12 MiB`. */
export function bytes(count: number): string {
  if (count < 1024 * MIB) return `${Math.floor(count / MIB)} MiB`;
  return `${(count / (1024 * MIB)).toFixed(1)} GiB`;
}
