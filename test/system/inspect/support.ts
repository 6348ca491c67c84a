import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { InspectionEvent } from 'xstate';
import { createTokenCheck } from '../../../src/bearer-token.ts';
import { Projection } from '../../../src/inspect/allow-list.ts';
import { Drawings } from '../../../src/inspect/drawings.ts';
import { Feed, type FeedLimits } from '../../../src/inspect/feed.ts';
import { createHandler, type Served } from '../../../src/inspect/handler.ts';
import { History } from '../../../src/inspect/history.ts';
import type { InspectorHandler } from '../../../src/inspect/index.ts';
import { MachineBook } from '../../../src/inspect/machine-book.ts';
import { PageFiles } from '../../../src/inspect/page-files.ts';
import type { Batch, FeedRecord, Hello } from '../../../src/inspect/protocol.ts';
import { Recorder } from '../../../src/inspect/recorder.ts';
import { TrustedHosts } from '../../../src/trusted-hosts.ts';
import { SseParser } from '../../../visualizations/inspector/sse-parser.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Listens on a port of its own until the test ends. */
export async function listen(handler: InspectorHandler) {
  const server: Server = createServer((incoming, response) => handler(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    /** The path goes out as it is, whatever a URL would make of it. */
    ask: (path: string, asking?: Asking) => ask(port, path, asking),
    watch: (path = '/inspect/feed', headers?: Readonly<Record<string, string>>) => watch(port, path, headers),
  };
}

async function respond(port: number, path: string, { method = 'GET', headers = {} }: Asking) {
  const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  const answered = once(outgoing, 'response');
  outgoing.end();
  const [response] = (await answered) as [IncomingMessage];
  return { outgoing, response };
}

async function ask(port: number, path: string, asking: Asking = {}): Promise<Answer> {
  const { response } = await respond(port, path, asking);
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

export interface Frame {
  readonly type: string;
  readonly id: string;
  readonly data: Hello & Batch;
}

/** Opens the feed and reads it as the page does. */
async function watch(port: number, path: string, headers: Readonly<Record<string, string>> = {}) {
  const { outgoing, response } = await respond(port, path, { headers });
  const frames: Frame[] = [];
  const waiting: (() => void)[] = [];
  let raw = '';
  const parser = new SseParser(({ type, data, id }) => frames.push({ type, id, data: JSON.parse(data) }));
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    raw += text;
    parser.push(text);
    for (const look of waiting.splice(0)) look();
  });
  response.on('error', () => {});
  const ended = new Promise<void>((resolve) => response.on('close', resolve));
  onTestFinished(() => {
    outgoing.destroy();
  });
  const until = async (isMet: () => boolean): Promise<void> => {
    while (!isMet()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const records = (): readonly FeedRecord[] => frames.flatMap(({ data }) => data.records ?? []);
  return {
    response,
    frames,
    ended,
    until,
    records,
    raw: () => raw,
    lastId: () => frames.at(-1)?.id ?? '',
    /** All records up to this one have come. */
    untilSeq: (seq: number) => until(() => (records().at(-1)?.seq ?? 0) >= seq),
    close: () => outgoing.destroy(),
  };
}

interface Serving extends Partial<Pick<Served, 'disbursements' | 'maxClients' | 'files'>> {
  readonly limits?: Partial<FeedLimits>;
  readonly history?: number;
  readonly token?: string;
  readonly base?: string;
  readonly allowHosts?: readonly string[];
}

/** The parts of an inspector behind a real server, with limits that a test need not wait for. */
export async function serve(serving: Serving = {}) {
  const { limits, history: size = 5_000, token, base = '/inspect', allowHosts, ...more } = serving;
  const projection = new Projection(token === undefined ? [] : [token]);
  const machines = new MachineBook({}, projection);
  const history = new History(size);
  const recorder = new Recorder(history, machines, projection);
  const feed = new Feed(history, recorder, { flushMs: 1, ...limits });
  const drawings = new Drawings();
  const errors: unknown[] = [];
  const handler = createHandler({
    config: { base, title: 'Test', needsToken: token !== undefined, hasDisbursements: false },
    files: new PageFiles(),
    feed,
    machines,
    drawings,
    disbursements: undefined,
    trusted: new TrustedHosts(allowHosts),
    isAllowed: token === undefined ? undefined : createTokenCheck(token),
    maxClients: 64,
    onError: (error) => errors.push(error),
    ...more,
  });
  onTestFinished(() => {
    feed.stop();
    drawings.stop();
  });
  const inspect = (event: InspectionEvent) => {
    recorder.record(event);
    feed.poke();
  };
  return { ...(await listen(handler)), handler, history, recorder, feed, errors, inspect };
}
