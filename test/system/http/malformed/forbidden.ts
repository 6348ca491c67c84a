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

const METHODS = wordsOf('DELETE PUT PATCH OPTIONS TRACE PROPFIND PURGE CONNECT');
const NAMES = wordsOf(
  'evil.example localhost.evil.example 0.0.0.0 127.1 [::2] localhost:1:2 localhost@x localhost,x 127.0.0.1.nip.io 2130706433',
);
const ORIGINS = wordsOf('null file:// http://localhost:1 https://evil.example http://127.0.0.1:9616 \0');
const TARGETS = wordsOf(
  'http://evil.example/control/breaker https://localhost@evil.example/control/breaker ftp://localhost/control/breaker ' +
    'http:// localhost:80 //localhost/control/breaker \\control * x',
);
const SPELLINGS = wordsOf(
  '/% /%zz /%c0%ae%c0%ae/control/breaker /control%2fbreaker /CONTROL/breaker //control/breaker /control//breaker ' +
    '/control/./breaker /metrics/../control/breaker /control/breaker/ /control/breaker;x /control/breaker%00 ' +
    '/control/breaker%20 /control/breaker%ff',
);
const PAGES = wordsOf(
  '% %ff ..%2f..%2fpackage.json assets/..%2f..%2fpackage.json assets/%00 assets/index.html charts/%zz charts/__proto__ ' +
    'disbursements disbursements/%00 \\',
);
const TYPES = wordsOf(
  'text/plain application/x-www-form-urlencoded multipart/form-data;boundary=x text/json application/jsonp application */* ;',
);
const EXPECTATIONS = ['the-unexpected', '100-continued', '', '100-continue, x', '100-continue'];

/** JSON that is fine, and no order. */
const NO_ORDERS = [
  ...['null', '[]', '{}', '""', '7', 'true', `[${ORDER}]`, '{"reason":"x"}', '{"Action":"isolate"}'],
  ...['{"action":"open"}', '{"action":"Isolate"}', '{"action":"isolate "}', '{"action":null}'],
  ...['{"action":["isolate"]}', '{"action":{"toString":"isolate"}}', '{"action":"isolate","by":"me"}'],
  ...['{"action":"isolate","reason":5}', '{"action":"isolate","reason":null}'],
  ...['{"action":"isolate","reason":"\\u001b[2J"}', '{"action":"isolate","reason":"\\ud800"}'],
  `{"action":"isolate","reason":"${'x'.repeat(501)}"}`,
  `${'['.repeat(8_000)}${']'.repeat(8_000)}`,
  `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
];
const NO_VALUES = ['NaN', 'undefined', '01', '"\t"', '"\\x"', '+1'];
const NO_UTF8 = ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf5'];

/** What is HTTP, and not allowed. */
export const FORBIDDEN = {
  'a method that the route does not take': (random, orders) => ({
    bytes: joined(headOf(`${random.pick(METHODS)} ${random.pick(PATHS)} HTTP/1.1`, orders.headers)),
  }),

  'a wrong token': (random, orders) => {
    const { token, bearer } = orders;
    const authorization = random.pick<readonly Header[]>([
      [],
      [['Authorization', 'Bearer wrong'], bearer],
      [['Proxy-Authorization', `Bearer ${token}`]],
      [['Cookie', `token=${token}`]],
      ...[
        ...['', `Basic ${token}`, token, `Bearer${token}`, `Bearer ${token} ${token}`],
        ...[`Bearer ${token.slice(0, -1)}`, `Bearer ${token}x`, `Bearer ${token.toUpperCase()}`],
        `Bearer ${lettersOf(random, random.int(1, 15_000))}`,
        `Bearer${' '.repeat(random.int(1, 15_000))}x y`,
      ].map((value): readonly Header[] => [['Authorization', value]]),
    ]);
    return { bytes: orders.of(ORDER, [HOST, CLOSE, JSON_TYPE, ...authorization]) };
  },

  'a foreign name': (random, orders) => {
    const name = random.pick([...NAMES, '', 'local host', `${lettersOf(random, 300)}.example`]);
    const foreign = random.pick<readonly Header[]>([
      [],
      [['Host', name]],
      [HOST, ['Host', name]],
      [HOST, ['Origin', `http://${name}`]],
      [HOST, ['Origin', random.pick(ORIGINS)]],
    ]);
    return { bytes: orders.of(ORDER, [...foreign, CLOSE, JSON_TYPE, orders.bearer]) };
  },

  'a foreign target': (random, orders) => ({
    bytes: orders.of(ORDER, orders.headers, `POST ${random.pick(TARGETS)} HTTP/1.1`),
  }),

  'another spelling of a path': (random, orders) => {
    const long = `/${lettersOf(random, random.int(1, 10_000))}`;
    const path = random.pick([...SPELLINGS, `/${'../'.repeat(300)}`, long]);
    return { bytes: orders.of(ORDER, orders.headers, `POST ${path} HTTP/1.1`) };
  },

  'a page of the inspector that is none': (random, orders) => ({
    bytes: joined(get(`/inspect/${random.pick([...PAGES, lettersOf(random, 5_000)])}`, orders.bearer)),
  }),

  'another type of body': (random, orders) => {
    const type = random.pick([...TYPES, '', `x/${lettersOf(random, 1_000)}`]);
    return { bytes: orders.of(ORDER, [HOST, CLOSE, orders.bearer, ['Content-Type', type]]) };
  },

  'a coding that nobody undoes': (random, orders) => {
    const length: Header = ['Content-Length', `${ORDER.length}`];
    const coding = random.pick<readonly Header[]>([
      [['Content-Encoding', 'gzip'], length],
      [['Content-Encoding', 'identity, br'], length],
      [['Transfer-Encoding', 'gzip']],
      [['Transfer-Encoding', 'identity']],
      [['Transfer-Encoding', 'chunked, gzip']],
    ]);
    return { bytes: orders.sized(ORDER, ...coding) };
  },

  'a body that is too large': (random, orders) => {
    const size = random.int(16_385, 40_000);
    const chunk = () => `${size.toString(16)}\r\n${' '.repeat(size)}\r\n0\r\n\r\n`;
    const make = random.pick([
      () => orders.of(`{"action":"reset"${' '.repeat(size - 18)}}`),
      () => orders.of('x'.repeat(size), orders.headers, `GET ${random.pick(PATHS)} HTTP/1.1`),
      () => orders.sized(chunk(), CHUNKED),
    ]);
    return { bytes: make() };
  },

  'no JSON': (random, orders) => {
    const make = random.pick<() => string | Buffer>([
      () => ORDER.slice(0, random.int(0, ORDER.length - 1)),
      () => `${ORDER}${random.pick(['}', ',', ORDER, '\0', '//'])}`,
      () => ORDER.replaceAll('"', "'"),
      () => ORDER.replace('"nobody may"', random.pick(NO_VALUES)),
      () => '['.repeat(random.int(1, 16_000)),
      () => '{"a":'.repeat(3_000),
      () => '{"__proto__":{"reason":"x"},"action":"reset"}',
      () => '{"constructor":{"prototype":{"reason":"x"}},"action":"reset"}',
      () => joined(ORDER.slice(0, -2), random.pick(NO_UTF8), '"}'),
      () => bytesOf(random, 500),
    ]);
    return { bytes: orders.of(make()) };
  },

  'JSON that is no order': (random, orders) => ({ bytes: orders.of(random.pick(NO_ORDERS)) }),

  'an expectation': (random, orders) => ({
    bytes: orders.of('{"action":', [...orders.headers, ['Expect', random.pick(EXPECTATIONS)]]),
    goodBefore: 1,
  }),

  'an upgrade to nothing': (random, orders) => {
    // With the right token it is the version that is wrong.
    const isOurs = random.chance(0.5);
    const headers: readonly Header[] = [
      HOST,
      isOurs ? orders.bearer : ['Authorization', `Bearer ${lettersOf(random, 20)}`],
      ['Connection', 'Upgrade'],
      ['Upgrade', random.pick(wordsOf('websocket websocket h2c TLS/1.0'))],
      ['Sec-WebSocket-Version', isOurs ? random.pick(wordsOf('7 99 x')) : '13'],
      ['Sec-WebSocket-Key', random.pick(['dGhlIHNhbXBsZSBub25jZQ==', 'x', ''])],
    ];
    const path = random.pick(wordsOf('/xstate-inspect /xstate-inspect /control/breaker /nowhere'));
    return { bytes: joined(headOf(`GET ${path} HTTP/1.1`, headers), bytesOf(random, 200)), ending: 'hold' };
  },
} satisfies Readonly<Record<string, Kind>>;
