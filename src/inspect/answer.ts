import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './security-headers.ts';

/** What a request gets. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const json = (value: unknown, status = 200, headers?: Readonly<Record<string, string>>): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  text: JSON.stringify(value),
  ...(headers && { headers }),
});
export const failure = (status: number, error: string, headers?: Readonly<Record<string, string>>): Answer =>
  json({ error }, status, headers);

/** Path of a request, without its query. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split(/[?#]/, 1)[0] ?? '';

/** Sends it with the headers that are on every answer; a HEAD without the body. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, type, text, headers } = answer;
  const body = Buffer.from(text);
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': type,
    'content-length': body.length,
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
