import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLAYGROUND, playgroundHtml } from '../../scripts/playground.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('visualizations/playground/index.html', () => {
  const html = readFileSync(PLAYGROUND, 'utf8');
  let made: string;
  beforeAll(async () => {
    made = await playgroundHtml();
  }, 60_000);

  // Compared as a whole, but not shown as a difference of 140 kB.
  test('is what its sources give: npm run playground', () => {
    expect(made === html).toBe(true);
  });

  test('is made the same each time', async () => {
    expect((await playgroundHtml()) === made).toBe(true);
  }, 60_000);

  test('is one file of a size to mail, with no path of the machine it was made on', () => {
    expect(html.length).toBeLessThan(200_000);
    expect(html).not.toContain(ROOT);
    expect(html).not.toMatch(/file:\/\/|node_modules|sourceMappingURL/);
  });

  test('asks for nothing from anywhere', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).toEqual(['data:,']);
  });

  test('holds the machine, and none of the others', () => {
    expect(html).toContain('reachesFailureThreshold');
    expect(html).not.toMatch(/breakerRefuses:\(|leaseRenewal:\(|acquireLease",/);
  });

  test('carries the licence of what is in it', () => {
    expect(html).toMatch(/This file contains xstate 5\.\d+\.\d+\.\s+The MIT License/i);
  });
});
