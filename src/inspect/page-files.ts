import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { chartCss } from '../diagram/theme.ts';

/** The sources are served as they lie there, without their types; the package holds them compiled. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

export interface PageFile {
  readonly type: string;
  readonly text: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ts: 'text/javascript; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** A file name and nothing else: no folder, nothing hidden, nothing too long for a file system. */
const FILE_NAME = /^[a-z][a-z0-9-]{0,60}\.(css|html|ts|js)$/;

/** The files of the inspector's page. Each is read once. */
export class PageFiles {
  readonly #files = new Map<string, Promise<PageFile | undefined>>();
  readonly #folder: () => string;

  constructor(folder = pageFolder) {
    this.#folder = folder;
  }

  /** A script or style sheet by its name; `undefined` when there is no such file. */
  asset(name: string): Promise<PageFile | undefined> {
    if (!FILE_NAME.test(name) || name.endsWith('.html')) return Promise.resolve(undefined);
    return this.#file(name);
  }

  /** The page itself, with the placeholders of its template filled. */
  async page(values: Readonly<Record<string, string>>): Promise<PageFile> {
    const file = await this.#file('index.html');
    if (file === undefined) throw new Error('the page of the inspector is not part of this package');
    const text = Object.entries(values).reduce(
      (page, [name, value]) => page.replaceAll(`{{${name}}}`, () => escapeHtml(value)),
      IS_SOURCE ? file.text : file.text.replace('/main.ts"', '/main.js"'),
    );
    return { ...file, text };
  }

  #file(name: string): Promise<PageFile | undefined> {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const read = name === 'chart.css' ? Promise.resolve(chartStyles()) : readPageFile(this.#folder, name);
    this.#files.set(name, read);
    // Of strangers' guesses nothing is kept, nor of a failure: the next one who asks tries again.
    const forget = () => this.#files.delete(name);
    read.then((file) => file ?? forget(), forget);
    return read;
  }
}

async function readPageFile(folder: () => string, name: string): Promise<PageFile | undefined> {
  const kind = name.slice(name.lastIndexOf('.') + 1);
  try {
    const text = await readFile(join(folder(), name), 'utf8');
    return { type: TYPES[kind] ?? 'text/plain', text: kind === 'ts' ? stripTypeScriptTypes(text) : text };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function pageFolder(): string {
  const root = dirname(createRequire(import.meta.url).resolve('treasury-breaker/package.json'));
  return join(root, IS_SOURCE ? 'visualizations/inspector' : 'dist/visualizations/inspector');
}

/** The drawings' colours, beneath the theme that the page has chosen. */
function chartStyles(): PageFile {
  const themes = (['light', 'dark'] as const).map((theme) =>
    chartCss(theme).replaceAll('.chart', `[data-theme=${theme}] .chart`),
  );
  return { type: TYPES['css'] ?? '', text: themes.join('') };
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
