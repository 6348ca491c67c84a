/** An answer that is not what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
}

/** Asks the page's own server, with the token where there is one. */
export class Api {
  readonly #token: () => string | undefined;

  constructor(token: () => string | undefined) {
    this.#token = token;
  }

  /** @throws ApiError when the server says no, or says nothing that can be read */
  async ask<Answer>(path: string, { method = 'GET', body }: ApiRequest = {}): Promise<Answer> {
    const token = this.#token();
    const answer = await this.#fetch(path, {
      method,
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const value = parsed(text);
    if (!answer.ok)
      throw new ApiError(answer.status, errorText(value) ?? `The server answered ${answer.status}`);
    if (value === undefined && text !== '') throw new ApiError(answer.status, 'The server answered no JSON');
    return value as Answer;
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(path, init);
    } catch {
      throw new ApiError(0, 'the server cannot be reached');
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { error, message } = value as { readonly error?: unknown; readonly message?: unknown };
  if (typeof message === 'string') return message;
  return typeof error === 'string' ? error : undefined;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
