import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Answer, failure, pathOf, send } from '../../src/inspect/answer.ts';
import type { InspectorHandler } from '../../src/inspect/index.ts';
import { PageFiles } from '../../src/inspect/page-files.ts';
import { BROWSER_BUILDS } from './browser-builds.ts';
import type { Gate } from './gate.ts';

/** The sources lie beside this file; in the package they are compiled, and this file is part of a bundle. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

export interface PageOptions {
  readonly base: string;
  readonly needsToken: boolean;
  readonly gate: Gate;
  readonly onError: (error: unknown) => void;
}

/** Serves a page that shows what @xstate/inspect's own receiver receives, for a look without any other tool. */
export function createPageHandler({ base, needsToken, gate, onError }: PageOptions): InspectorHandler {
  const files = new PageFiles(receiverFolder);
  const config = JSON.stringify({ base, needsToken });
  return (request, response, next) => {
    const path = pathOf(request);
    if (path !== base && !path.startsWith(`${base}/`)) {
      if (next !== undefined) return next();
      return send(request, response, failure(404, 'no such page'));
    }
    // The connection may break while the answer is made; nobody is there to hear of it then.
    response.on('error', () => {});
    const route = path.slice(base.length);
    answer(request, route, { files, gate, base, config }).then(
      (found) => send(request, response, found),
      (error) => {
        onError(error);
        send(request, response, failure(500, 'internal error'));
      },
    );
  };
}

interface Served {
  readonly files: PageFiles;
  readonly gate: Gate;
  readonly base: string;
  readonly config: string;
}

async function answer(
  request: IncomingMessage,
  route: string,
  { files, gate, base, config }: Served,
): Promise<Answer> {
  const refusal = gate.foreign(request);
  if (refusal !== undefined) return failure(refusal.status, refusal.error);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return failure(405, 'this page is only looked at', { allow: 'GET, HEAD' });
  }
  if (route === '/') return { status: 308, type: 'text/plain', text: '', headers: { location: base } };
  if (route === '') return { status: 200, ...(await files.page({ base, config })) };
  const [, name = ''] = /^\/assets\/([a-z-]+\.(?:js|ts|css))$/.exec(route) ?? [];
  const file = BROWSER_BUILDS.has(name) ? await vendorFile(name) : await files.asset(name);
  return file === undefined ? failure(404, 'no such page') : { status: 200, ...file };
}

async function vendorFile(name: string) {
  const path = IS_SOURCE
    ? createRequire(import.meta.url).resolve(BROWSER_BUILDS.get(name) ?? '')
    : join(receiverFolder(), name);
  return { type: 'text/javascript; charset=utf-8', text: await readFile(path, 'utf8') };
}

function receiverFolder(): string {
  if (IS_SOURCE) return join(import.meta.dirname, 'receiver');
  const root = dirname(createRequire(import.meta.url).resolve('treasury-breaker/package.json'));
  return join(root, 'dist/visualizations/xstate-inspect/receiver');
}
