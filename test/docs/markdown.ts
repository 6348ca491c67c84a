import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the repository, by its path from the root. */
export const readDoc = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');

const cellsOf = (line: string): readonly string[] =>
  line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** The rows of the table whose first heading is `heading`, without headings. Cells hold no `|`. */
export function tableOf(markdown: string, heading: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && cellsOf(line)[0] === heading);
  if (start < 0) throw new Error(`no table begins with the heading ${heading}`);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end < 0 ? undefined : end).map(cellsOf);
}

/** Everything within backticks. */
export const codeIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** Where a page of the repository leads to, its pictures too. */
export const linksIn = (page: string): readonly string[] =>
  [...readDoc(page).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, source]) => link ?? source ?? '',
  );

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (path: string): readonly string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Those of its links within the repository that lead nowhere: no such file, or no such heading in it. */
export const brokenLinksIn = (page: string): readonly string[] =>
  linksIn(page)
    .filter((link) => !link.startsWith('https://'))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? resolve(ROOT, page) : resolve(ROOT, dirname(page), file);
      if (!existsSync(path)) return true;
      return anchor !== undefined && !anchorsIn(path).includes(anchor);
    });
