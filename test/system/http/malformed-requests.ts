import type { Random } from '../../simulation/random.ts';

/** Has to be refused: it is broken, or it is well formed and not allowed. */
export interface Malformed {
  readonly kind: string;
  readonly bytes: Buffer;
  /** What the client does behind it: wait for the end, end its own side, never end it, or cut the connection. */
  readonly ending: 'wait' | 'end' | 'hold' | 'reset';
  /** Answers before the refusal that are rightly none: to good requests in front of it, or "100 Continue". */
  readonly goodBefore: number;
}

type Draft = Partial<Malformed> & { readonly bytes: Buffer };
type Header = readonly [name: string, value: string];

const ORDER = '{"action":"isolate","reason":"nobody may"}';
/** JSON that is fine but for its size. */
const DEEP = `${'['.repeat(8_000)}${']'.repeat(8_000)}`;
const WIDE = `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`;
const PATHS = ['/', '/metrics', '/readyz', '/api/breaker', '/control/breaker', '/inspect', '/inspect/feed'];

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-'];

const bytesOf = (random: Random, most: number): Buffer =>
  Buffer.from(Array.from({ length: random.int(1, most) }, () => random.int(0, 255)));

/** A word of chance, again and again. */
const lettersOf = (random: Random, length: number): string => {
  const word = Array.from({ length: Math.min(length, 20) }, () => random.pick(LETTERS)).join('');
  return word.repeat(Math.ceil(length / 20)).slice(0, length);
};

/** Joins texts and bytes, the texts as they are in Latin-1. */
const joined = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

const headOf = (line: string, headers: readonly Header[]): string =>
  `${line}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

const CLOSE: Header = ['Connection', 'close'];
const HOST: Header = ['Host', 'localhost'];
const JSON_TYPE: Header = ['Content-Type', 'application/json'];

/** Makes requests that have to be refused, of every kind, by chance. Whoever gets one of them through knows the token. */
export class MalformedRequests {
  readonly #random: Random;
  readonly #token: string;

  constructor(random: Random, token: string) {
    this.#random = random;
    this.#token = token;
  }

  readonly kinds = Object.keys(KINDS);

  next(): Malformed {
    const kind = this.#random.pick(WEIGHTED);
    const draft = (KINDS[kind] as Kind)(this.#random, new Orders(this.#token));
    const ending = this.#random.pick(['wait', 'wait', 'end'] as const);
    return { kind, ending, goodBefore: 0, ...draft };
  }
}

/** Orders to the breaker with the right token, each with something else that is wrong. */
class Orders {
  readonly token: string;
  readonly bearer: Header;

  constructor(token: string) {
    this.token = token;
    this.bearer = ['Authorization', `Bearer ${token}`];
  }

  get right(): readonly Header[] {
    return [HOST, CLOSE, JSON_TYPE, this.bearer];
  }

  /** With these headers and its length. */
  with(
    body: string | Buffer,
    headers: readonly Header[] = this.right,
    line = 'POST /control/breaker HTTP/1.1',
  ) {
    const sized: readonly Header[] = [...headers, ['Content-Length', `${Buffer.byteLength(body)}`]];
    return joined(headOf(line, sized), body);
  }

  /** With headers that say how long it is, rightly or not. */
  sized(body: string | Buffer, ...sizes: readonly Header[]): Buffer {
    return joined(headOf('POST /control/breaker HTTP/1.1', [...this.right, ...sizes]), body);
  }
}

type Kind = (random: Random, orders: Orders) => Draft;

const get = (target: string, ...headers: readonly Header[]): string =>
  headOf(`GET ${target} HTTP/1.1`, [HOST, CLOSE, ...headers]);

const KINDS = {
  noise: (random) => ({ bytes: joined(bytesOf(random, 2_000), '\r\n\r\n') }),

  'bytes changed in an order with a wrong token': (random, orders) => {
    const bytes = orders.with(ORDER, [HOST, CLOSE, JSON_TYPE, ['Authorization', 'Bearer wrong-token-0123']]);
    for (let i = random.int(1, 12); i > 0; i -= 1)
      bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    return { bytes, ending: 'end' };
  },

  'an order cut short': (random, orders) => {
    const whole = orders.with(ORDER);
    return { bytes: whole.subarray(0, random.int(1, whole.length - 1)), ending: 'end' };
  },

  'a connection reset in mid-body': (random, orders) => {
    const whole = orders.with(ORDER);
    return { bytes: whole.subarray(0, whole.length - random.int(1, ORDER.length)), ending: 'reset' };
  },

  'a head that never ends': (random) => {
    const whole = get(random.pick(PATHS));
    return { bytes: joined(whole.slice(0, random.int(0, whole.length - 3))), ending: 'wait' };
  },

  'a body that never ends': (random, orders) => {
    const missing: Header = ['Content-Length', `${ORDER.length + random.int(1, 10_000)}`];
    return { bytes: orders.sized(ORDER, missing), ending: 'wait' };
  },

  'headers that are too long': (random) => ({
    bytes: joined(
      random.pick([
        () => get('/metrics', [lettersOf(random, 10), lettersOf(random, random.int(17_000, 60_000))]),
        () => get('/metrics', [lettersOf(random, 20_000), 'x']),
        () => get(`/metrics?${lettersOf(random, random.int(17_000, 60_000))}`),
        () => get('/metrics', ...Array.from({ length: 3_000 }, (_, i): Header => [`x${i}`, 'y'])),
      ])(),
    ),
  }),

  'a method that is none': (random) => ({
    bytes: joined(
      headOf(
        `${random.pick(['', 'get', 'Get', 'BREW', 'GE T', 'PRI', '\0', lettersOf(random, 30)])} / HTTP/1.1`,
        [HOST, CLOSE],
      ),
    ),
  }),

  'a method that the route does not take': (random, orders) => {
    const method = random.pick([
      'DELETE',
      'PUT',
      'PATCH',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'PURGE',
      'CONNECT',
    ]);
    const path = random.pick(PATHS);
    return { bytes: joined(headOf(`${method} ${path} HTTP/1.1`, orders.right)) };
  },

  'a version that is none': (random) => {
    const version = random.pick([
      'HTTP/2.0',
      'HTTP/9.9',
      'HTTP/1.2',
      'http/1.1',
      'HTTP/1',
      'HTTP',
      'ICY/1.0',
      'X',
    ]);
    return { bytes: joined(headOf(`GET /metrics ${version}`, [HOST, CLOSE])) };
  },

  'a header that is none': (random) => ({
    bytes: joined(
      `GET /metrics HTTP/1.1\r\nHost: localhost\r\n`,
      random.pick([
        'X\r\n',
        ': x\r\n',
        'X y: z\r\n',
        'X : y\r\n',
        'X\0: y\r\n',
        ' folded: x\r\n',
        'X: \0\r\n',
        'é: x\r\n',
      ]),
      '\r\n',
    ),
    ending: 'end',
  }),

  'a length that is none': (random, orders) => {
    const length = random.pick([
      '-1',
      '+5',
      '0x10',
      '1e3',
      '5 5',
      '5,5',
      '',
      'x',
      '9'.repeat(40),
      '5\u00a0',
      '٣',
    ]);
    return { bytes: orders.sized(ORDER, ['Content-Length', length]) };
  },

  'two lengths': (random, orders) => ({
    bytes: orders.sized(
      ORDER,
      ['Content-Length', `${ORDER.length}`],
      random.pick<Header>([
        ['Content-Length', `${ORDER.length - 1}`],
        ['Content-Length', `${ORDER.length}`],
        ['Transfer-Encoding', 'chunked'],
        ['Transfer-Encoding', 'xchunked'],
      ]),
    ),
  }),

  'a length that is too short': (random, orders) => ({
    bytes: orders.sized(ORDER, ['Content-Length', `${random.int(0, ORDER.length - 1)}`]),
  }),

  'chunks that are none': (random, orders) => {
    const chunk = `${ORDER.length.toString(16)}\r\n${ORDER}\r\n0\r\n\r\n`;
    const broken = random.pick([
      `-${chunk}`,
      `0x${chunk}`,
      `zz\r\n${ORDER}\r\n`,
      `${'f'.repeat(20)}\r\n${ORDER}`,
      `5\r\n${ORDER}\r\n0\r\n\r\n`,
      `${chunk.slice(0, -8)}\r\r\r\n`,
      `1;${'x'.repeat(20_000)}\r\n`,
      `\r\n${chunk}`,
      'five\r\n',
    ]);
    return { bytes: orders.sized(broken, ['Transfer-Encoding', 'chunked']), ending: 'end' };
  },

  'a coding that nobody undoes': (random, orders) => {
    const size: Header = ['Content-Length', `${ORDER.length}`];
    const coding = random.pick<readonly Header[]>([
      [['Content-Encoding', 'gzip'], size],
      [['Content-Encoding', 'identity, br'], size],
      [['Transfer-Encoding', 'gzip']],
      [['Transfer-Encoding', 'identity']],
      [['Transfer-Encoding', 'chunked, gzip']],
    ]);
    return { bytes: orders.sized(ORDER, ...coding) };
  },

  'a body that is too large': (random, orders) => {
    const size = random.int(16_385, 40_000);
    return {
      bytes: random.pick([
        () => orders.with(`{"action":"reset"${' '.repeat(size - 18)}}`),
        () =>
          orders.sized(`${size.toString(16)}\r\n${' '.repeat(size)}\r\n0\r\n\r\n`, [
            'Transfer-Encoding',
            'chunked',
          ]),
        () => orders.with('x'.repeat(size), orders.right, `GET ${random.pick(PATHS)} HTTP/1.1`),
      ])(),
    };
  },

  'no JSON': (random, orders) => ({
    bytes: orders.with(
      random.pick<() => string | Buffer>([
        () => ORDER.slice(0, random.int(0, ORDER.length - 1)),
        () => `${ORDER}${random.pick(['}', ',', ORDER, '\0', '//'])}`,
        () => ORDER.replaceAll('"', "'"),
        () => ORDER.replace('"nobody may"', random.pick(['NaN', 'undefined', '01', '"\t"', '"\\x"', '+1'])),
        () => '['.repeat(random.int(1, 16_000)),
        () => `${'{"a":'.repeat(3_000)}`,
        () => '{"__proto__":{"reason":"x"},"action":"reset"}',
        () => '{"constructor":{"prototype":{"reason":"x"}},"action":"reset"}',
        () => joined(ORDER.slice(0, -2), random.pick(['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf5']), '"}'),
        () => bytesOf(random, 500),
      ])(),
    ),
  }),

  'JSON that is no order': (random, orders) => ({
    bytes: orders.with(
      random.pick([
        ...['null', '[]', '{}', '""', '7', 'true', `[${ORDER}]`, DEEP],
        ...['{"action":"Isolate"}', '{"action":"isolate "}', '{"action":["isolate"]}', '{"action":null}'],
        ...[
          '{"action":"open"}',
          '{"Action":"isolate"}',
          '{"action":{"toString":"isolate"}}',
          '{"reason":"x"}',
        ],
        ...['{"action":"isolate","reason":5}', '{"action":"isolate","reason":null}'],
        ...['{"action":"isolate","reason":"\\u001b[2J"}', '{"action":"isolate","reason":"\\ud800"}'],
        ...['{"action":"isolate","by":"me"}', `{"action":"isolate","reason":"${'x'.repeat(501)}"}`],
        WIDE,
      ]),
    ),
  }),

  'a wrong token': (random, orders) => {
    const { token } = orders;
    const authorization = random.pick<readonly Header[]>([
      [],
      [['Authorization', '']],
      [['Authorization', `Basic ${token}`]],
      [['Authorization', token]],
      [['Authorization', `Bearer${token}`]],
      [['Authorization', `Bearer ${token.slice(0, -1)}`]],
      [['Authorization', `Bearer ${token}${lettersOf(random, 1)}`]],
      [['Authorization', `Bearer ${token.toUpperCase()}`]],
      [['Authorization', `Bearer ${token} ${token}`]],
      [['Authorization', `Bearer ${lettersOf(random, random.int(1, 15_000))}`]],
      [['Authorization', `Bearer${' '.repeat(random.int(1, 15_000))}x y`]],
      [['Authorization', 'Bearer wrong'], orders.bearer],
      [['Proxy-Authorization', `Bearer ${token}`]],
      [['Cookie', `token=${token}`]],
    ]);
    return { bytes: orders.with(ORDER, [HOST, CLOSE, JSON_TYPE, ...authorization]) };
  },

  'a foreign name': (random, orders) => {
    const rest = [CLOSE, JSON_TYPE, orders.bearer];
    const name = random.pick([
      ...[
        'evil.example',
        'localhost.evil.example',
        '0.0.0.0',
        '127.1',
        '[::2]',
        'localhost:1:2',
        'localhost@x',
      ],
      ...[
        'localhost, x',
        '',
        'local host',
        `${lettersOf(random, 300)}.example`,
        '127.0.0.1.nip.io',
        '2130706433',
      ],
    ]);
    const foreign = random.pick<readonly Header[]>([
      [['Host', name]],
      [HOST, ['Host', name]],
      [HOST, ['Origin', `http://${name}`]],
      [
        HOST,
        ['Origin', random.pick(['null', 'file://', 'http://localhost:1', 'https://evil.example', '\0'])],
      ],
      [],
    ]);
    return { bytes: orders.with(ORDER, [...foreign, ...rest]) };
  },

  'a foreign target': (random, orders) => {
    const target = random.pick([
      ...['http://evil.example/control/breaker', 'https://localhost@evil.example/control/breaker', '*', 'x'],
      ...[
        'ftp://localhost/control/breaker',
        'http://',
        'localhost:80',
        '//localhost/control/breaker',
        '\\control',
      ],
    ]);
    return { bytes: orders.with(ORDER, orders.right, `POST ${target} HTTP/1.1`) };
  },

  'another type of body': (random, orders) => {
    const type = random.pick([
      ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json'],
      ...['application/jsonp', 'application', '*/*', '', ';', `x/${lettersOf(random, 1_000)}`],
    ]);
    return { bytes: orders.with(ORDER, [HOST, CLOSE, orders.bearer, ['Content-Type', type]]) };
  },

  'another spelling of a path': (random, orders) => {
    const path = random.pick([
      ...[
        '/%',
        '/%zz',
        '/%c0%ae%c0%ae/control/breaker',
        '/control%2fbreaker',
        '/control/breaker%00',
        '/CONTROL/breaker',
      ],
      ...[
        '//control/breaker',
        '/control/breaker/',
        '/control//breaker',
        '/control/breaker;x',
        '/control/./breaker',
      ],
      ...[
        '/metrics/../control/breaker',
        '/control/breaker%20',
        '/control/breaker%ff',
        `/${'../'.repeat(300)}`,
      ],
      `/${lettersOf(random, random.int(1, 10_000))}`,
    ]);
    return { bytes: orders.with(ORDER, orders.right, `POST ${path} HTTP/1.1`) };
  },

  'a page of the inspector that is none': (random, orders) => {
    const page = random.pick([
      ...[
        '%',
        '%ff',
        '..%2f..%2fpackage.json',
        'assets/..%2f..%2fpackage.json',
        'assets/%00',
        'charts/%zz',
        '\\',
      ],
      ...[
        'assets/index.html',
        'charts/__proto__',
        'disbursements',
        'disbursements/%00',
        lettersOf(random, 5_000),
      ],
    ]);
    return { bytes: joined(get(`/inspect/${page}`, orders.bearer)) };
  },

  'an upgrade to nothing': (random, orders) => {
    const path = random.pick(['/xstate-inspect', '/xstate-inspect', '/control/breaker', '/nowhere']);
    const key = random.pick(['dGhlIHNhbXBsZSBub25jZQ==', 'x', '']);
    // With the right token it is the version or the key that is wrong.
    const isBroken = random.chance(0.5);
    const bearer: Header = isBroken ? orders.bearer : ['Authorization', `Bearer ${lettersOf(random, 20)}`];
    const headers: readonly Header[] = [
      ...[HOST, bearer, ['Connection', 'Upgrade'] as const, ['Sec-WebSocket-Key', key] as const],
      ['Upgrade', random.pick(['websocket', 'websocket', 'h2c', 'TLS/1.0'])],
      ['Sec-WebSocket-Version', isBroken ? random.pick(['7', '99', 'x', '']) : '13'],
    ];
    return { bytes: joined(headOf(`GET ${path} HTTP/1.1`, headers), bytesOf(random, 200)), ending: 'hold' };
  },

  'another protocol': (random) => ({
    bytes: joined(
      random.pick([
        '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        '\x05\x01\x00',
        'EHLO localhost\r\n',
        'SSH-2.0-OpenSSH_9.9\r\n',
        '*1\r\n$4\r\nPING\r\n',
      ]),
      bytesOf(random, 50),
      '\r\n\r\n',
    ),
    ending: 'end',
  }),

  'garbage behind good requests': (random, orders) => {
    const goodBefore = random.int(1, 10);
    const good = `GET ${random.pick(['/healthz', '/metrics', '/api/breaker'])} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const bad = random.pick([
      '\0\x01garbage\r\n\r\n',
      get('/%'),
      orders.with('{'),
      orders.with(ORDER, [HOST, CLOSE]),
    ]);
    return { bytes: joined(good.repeat(goodBefore), bad), goodBefore };
  },

  'an expectation': (random, orders) => {
    const expectation = random.pick([
      'the-unexpected',
      '100-continued',
      '',
      '100-continue, x',
      '100-continue',
    ]);
    const expecting: readonly Header[] = [...orders.right, ['Expect', expectation]];
    return { bytes: orders.with('{"action":', expecting), goodBefore: 1 };
  },
} satisfies Readonly<Record<string, Kind>>;

/** Those that last until a limit of time are rare: they would make up the time of the whole. */
const SLOW: readonly string[] = ['a head that never ends', 'a body that never ends'];
const WEIGHTED = Object.keys(KINDS).flatMap((kind) =>
  Array.from({ length: SLOW.includes(kind) ? 1 : 10 }, () => kind as keyof typeof KINDS),
);
