import {
  bytesOf,
  CHUNKED,
  CLOSE,
  get,
  type Header,
  HOST,
  headOf,
  JSON_TYPE,
  joined,
  type Kind,
  lettersOf,
  ORDER,
  PATHS,
  wordsOf,
} from './request.ts';

const METHODS = wordsOf('get Get BREW PRI POSTS \0 G\u00c9T');
const VERSIONS = wordsOf('HTTP/2.0 HTTP/0.9 HTTP/9.9 HTTP/1.2 http/1.1 HTTP/1 HTTP ICY/1.0 X');
const HEADERS = ['X', ': x', 'X y: z', 'X : y', 'X\0: y', ' folded: x', 'X: \0', '\u00e9: x', 'X: a\rb'];
const LENGTHS = ['', '5 5', '5\u00a0', '9'.repeat(40), ...wordsOf('-1 +5 0x10 1e3 5,5 x 42.0')];
const OTHERS = [
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x05\x01\x00',
  'EHLO localhost\r\n',
  'SSH-2.0-OpenSSH_9.9\r\n',
  '*1\r\n$4\r\nPING\r\n',
];

/** What is no HTTP, or ends too early, too late or never. */
export const BROKEN = {
  noise: (random) => ({ bytes: joined(bytesOf(random, 2_000), '\r\n\r\n') }),

  'another protocol': (random) => ({
    bytes: joined(random.pick(OTHERS), bytesOf(random, 50), '\r\n\r\n'),
    ending: 'end',
  }),

  'an order with a wrong token, with bytes changed': (random, orders) => {
    const bytes = orders.of(ORDER, [HOST, CLOSE, JSON_TYPE, ['Authorization', 'Bearer wrong-token-0123']]);
    for (let changes = random.int(1, 12); changes > 0; changes -= 1) {
      bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
    }
    return { bytes, ending: 'end' };
  },

  'an order cut short': (random, orders) => {
    const whole = orders.of(ORDER);
    return { bytes: whole.subarray(0, random.int(1, whole.length - 1)), ending: 'end' };
  },

  'a connection reset in mid-body': (random, orders) => {
    const whole = orders.of(ORDER);
    return { bytes: whole.subarray(0, whole.length - random.int(1, ORDER.length)), ending: 'reset' };
  },

  'a head that never ends': (random) => {
    const whole = get(random.pick(PATHS));
    return { bytes: joined(whole.slice(0, random.int(0, whole.length - 3))), ending: 'wait' };
  },

  'a body that never ends': (random, orders) => {
    const length = `${ORDER.length + random.int(1, 10_000)}`;
    return { bytes: orders.sized(ORDER, ['Content-Length', length]), ending: 'wait' };
  },

  'headers that are too long': (random) => {
    const long = lettersOf(random, random.int(17_000, 60_000));
    const many = () => Array.from({ length: 3_000 }, (_, i): Header => [`x${i}`, 'y']);
    const make = random.pick([
      () => get('/metrics', ['X', long]),
      () => get('/metrics', [long, 'x']),
      () => get(`/metrics?${long}`),
      () => get('/metrics', ...many()),
    ]);
    return { bytes: joined(make()) };
  },

  'a method that is none': (random) => ({
    bytes: joined(headOf(`${random.pick(METHODS)} / HTTP/1.1`, [HOST, CLOSE])),
  }),

  'a version that is none': (random) => ({
    bytes: joined(headOf(`GET /metrics ${random.pick(VERSIONS)}`, [HOST, CLOSE])),
  }),

  'a header that is none': (random) => ({
    bytes: joined('GET /metrics HTTP/1.1\r\nHost: localhost\r\n', random.pick(HEADERS), '\r\n\r\n'),
    ending: 'end',
  }),

  'a length that is none': (random, orders) => ({
    bytes: orders.sized(ORDER, ['Content-Length', random.pick(LENGTHS)]),
  }),

  'a length that is too short': (random, orders) => ({
    bytes: orders.sized(ORDER, ['Content-Length', `${random.int(0, ORDER.length - 1)}`]),
  }),

  'two lengths': (random, orders) => {
    const length: Header = ['Content-Length', `${ORDER.length}`];
    const shorter: Header = ['Content-Length', `${ORDER.length - 1}`];
    const strange: Header = ['Transfer-Encoding', 'xchunked'];
    const other = random.pick([length, shorter, CHUNKED, strange]);
    return {
      bytes: orders.sized(ORDER, ...random.pick([[length, other] as const, [other, length] as const])),
    };
  },

  'chunks that are none': (random, orders) => {
    const whole = `${ORDER.length.toString(16)}\r\n${ORDER}\r\n0\r\n\r\n`;
    const broken = random.pick([
      ...[`-${whole}`, `0x${whole}`, `\r\n${whole}`, `zz\r\n${ORDER}\r\n`, 'five\r\n'],
      ...[`${'f'.repeat(20)}\r\n${ORDER}`, `5\r\n${ORDER}\r\n0\r\n\r\n`, `1;${'x'.repeat(20_000)}\r\n`],
    ]);
    return { bytes: orders.sized(broken, CHUNKED), ending: 'end' };
  },

  'garbage behind good requests': (random, orders) => {
    const goodBefore = random.int(1, 10);
    const path = random.pick(['/healthz', '/metrics', '/api/breaker']);
    const good = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(goodBefore);
    const bad = random.pick(['\0\x01\r\n\r\n', get('/%'), orders.of('{'), orders.of(ORDER, [HOST, CLOSE])]);
    return { bytes: joined(good, bad), goodBefore };
  },
} satisfies Readonly<Record<string, Kind>>;
