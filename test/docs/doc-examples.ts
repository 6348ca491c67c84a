import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { ROOT, readDoc } from './markdown.ts';

/** Names an example; its code and what it prints follow, written here by `vitest run --update` with the test's file. */
const MARKER = /^<!-- (\S+\.ts) -->\n(?:\n```ts\n[\s\S]*?\n```\n)?(?:\n```text\n[\s\S]*?\n```\n)?/gm;

/** How a file of the repository is called by who installed the package. */
const SPECIFIERS = {
  '../../src/index.ts': 'treasury-breaker',
  '../../machines/index.ts': 'treasury-breaker/machines',
  '../../src/inspect/index.ts': 'treasury-breaker/inspect',
  '../../src/telemetry/index.ts': 'treasury-breaker/telemetry',
  '../../src/diagram/index.ts': 'treasury-breaker/diagram',
  '../../visualizations/xstate-inspect/index.ts': 'treasury-breaker/xstate-inspect',
  '../../src/testing/index.ts': 'treasury-breaker/testing',
  '../../src/threads/index.ts': 'treasury-breaker/threads',
};

const fence = (language: string, text: string): string => `\n\`\`\`${language}\n${text.trim()}\n\`\`\`\n`;

function asInstalled(code: string): string {
  const named = Object.entries(SPECIFIERS).reduce(
    (text, [path, specifier]) => text.replaceAll(`'${path}'`, `'${specifier}'`),
    code,
  );
  if (named.includes("from '.")) throw new Error('an example imports what the package does not export');
  return named;
}

/** Runs a file and gives what it printed. */
async function run(file: string): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => {
    lines.push(format(...values));
  });
  try {
    await import(pathToFileURL(resolve(ROOT, file)).href);
  } finally {
    log.mockRestore();
  }
  return lines.join('\n');
}

/** Tests that a document shows every example of a folder as it is, and under it what it prints when it runs. */
export function describeExamples(path: string, folder: string): void {
  describe(path, () => {
    const doc = readDoc(path);
    const files = [...doc.matchAll(MARKER)].map(([, file = '']) => file);

    test('shows each example as it is, and what it prints', async () => {
      const printed = new Map<string, string>();
      for (const file of files) printed.set(file, await run(file));
      const whole = doc.replaceAll(
        MARKER,
        (_, file: string) =>
          `<!-- ${file} -->\n${fence('ts', asInstalled(readDoc(file)))}${fence('text', printed.get(file) ?? '')}`,
      );
      await expect(whole).toMatchFileSnapshot(resolve(ROOT, path));
    });

    test('shows no code that is not run', () => {
      expect(doc.replaceAll(MARKER, '')).not.toContain('```');
    });

    test('has a place for each example', () => {
      expect(files.toSorted()).toEqual(globSync(`${folder}/*.ts`, { cwd: ROOT }).toSorted());
    });
  });
}
