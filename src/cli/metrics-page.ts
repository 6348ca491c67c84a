type Labels = Readonly<Record<string, string>>;

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?[0-9]+)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n' };
const INFINITIES: Readonly<Record<string, string>> = { '+Inf': 'Infinity', '-Inf': '-Infinity' };

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_pair, character: string) => ESCAPES[character] ?? character);

const labelsOf = (text: string): Labels =>
  Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, unescaped(value)] as const),
  );

const isSame = (a: Labels, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => b[name] === value);

/** A page in Prometheus' text format, read for single values. What is no sample, or no number, is left out. */
export class MetricsPage {
  readonly #samples = new Map<string, Sample[]>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [, name, labels = '', value = ''] = SAMPLE.exec(line.trimEnd()) ?? [];
      const number = Number(INFINITIES[value] ?? value);
      if (name === undefined || Number.isNaN(number)) continue;
      const sample = { labels: labelsOf(labels), value: number };
      const known = this.#samples.get(name);
      if (known === undefined) this.#samples.set(name, [sample]);
      else known.push(sample);
    }
  }

  /** The value with exactly these labels; `undefined` when the page has none. */
  value(name: string, labels: Labels = {}): number | undefined {
    return this.#samples.get(name)?.find((sample) => isSame(sample.labels, labels))?.value;
  }

  /** The values of a metric by one of its labels; `undefined` when the page does not have the metric. */
  by(label: string, name: string): Readonly<Record<string, number>> | undefined {
    const samples = this.#samples.get(name);
    return samples && Object.fromEntries(samples.map(({ labels, value }) => [labels[label] ?? '', value]));
  }
}
