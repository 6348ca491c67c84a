import { DEFAULT_POLICY } from '../../../machines/policy.ts';
import { h, setAttribute, setText } from '../../inspector/dom.ts';
import { button } from './button.ts';
import type { Playground, Shown } from './playground.ts';
import { changedFields, FIELD_NAMES, type FieldName, fieldOf, readPolicy } from './policy-fields.ts';
import { checkDraw, DEFAULT_DRAW, type Scenario } from './scenario.ts';
import { delayText } from './words.ts';

type SettingName = FieldName | 'draw';

const ABOUT: { readonly [name in SettingName]: string } = {
  failureThreshold: 'Failures in a row, none older than the window, that open it',
  successThreshold: 'Successes in HALF_OPEN that close it',
  openTimeoutMs: 'How long OPEN lasts',
  failureWindowMs: 'How long one failure counts',
  halfOpenMaxProbes: 'Probes out at once in HALF_OPEN',
  probeTimeoutMs: 'A probe that nobody settles counts as a failure after this',
  'openBackoff.factor': 'Each opening without a recovery lasts so many times the one before',
  'openBackoff.maxMs': 'OPEN never lasts longer than this, or the open timeout',
  'openBackoff.jitter': 'Part by which each opening is made longer or shorter by lot',
  draw: 'What every lot draws: 0 is shortest, 0.5 leaves it, towards 1 is longest',
};

interface Field {
  readonly input: HTMLInputElement;
  readonly human: HTMLElement;
  readonly error: HTMLElement;
}

/** The settings of the breaker. A change makes a new one; what was done can be done again, step by step. */
export class PolicyView implements Shown {
  readonly #playground: Playground;
  readonly #fields: ReadonlyMap<SettingName, Field>;
  readonly #changed = h('span', { class: 'muted', 'data-testid': 'policy-changed' });
  #shown: Scenario['policy'] | undefined;
  #shownDraw = -1;

  constructor(root: HTMLElement, playground: Playground) {
    this.#playground = playground;
    const fields = new Map<SettingName, Field>();
    const rows: HTMLElement[] = [];
    for (const name of [...FIELD_NAMES, 'draw'] as const) {
      const { field, row } = makeField(name);
      fields.set(name, field);
      rows.push(row);
    }
    this.#fields = fields;
    const form = h('form', { class: 'policy-form', novalidate: true }, ...rows);
    form.addEventListener('change', () => this.#read());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#read();
    });
    const reset = button('Defaults', { class: 'small', testId: 'policy-defaults' }, () =>
      playground.startOver({ policy: DEFAULT_POLICY, draw: DEFAULT_DRAW }),
    );
    root.append(h('div', { class: 'policy-head' }, this.#changed, reset), form);
  }

  render(): void {
    const { policy, draw } = this.#playground.session.scenario;
    if (policy === this.#shown && draw === this.#shownDraw) return;
    this.#shown = policy;
    this.#shownDraw = draw;
    for (const [name, { input, human, error }] of this.#fields) {
      const value = name === 'draw' ? draw : fieldOf(policy, name);
      input.value = String(value);
      setText(human, name.endsWith('Ms') && value >= 1_000 ? delayText(value) : '');
      setError(input, error, undefined);
    }
    const changed = changedFields(policy).size + (draw === DEFAULT_DRAW ? 0 : 1);
    setText(this.#changed, changed === 0 ? 'all defaults' : `${changed} changed`);
  }

  #read(): void {
    const texts = new Map<FieldName, string>();
    for (const name of FIELD_NAMES) texts.set(name, this.#fields.get(name)?.input.value ?? '');
    const read = readPolicy(texts);
    const drawn = readDraw(this.#fields.get('draw')?.input.value ?? '');
    for (const [name, { input, error }] of this.#fields) {
      const message = name === 'draw' ? drawn.error : 'errors' in read ? read.errors.get(name) : undefined;
      setError(input, error, message);
    }
    if ('errors' in read || drawn.error !== undefined) return;
    // The fields show what was read, even where the same was written in another way.
    this.#shown = undefined;
    const { policy, draw } = this.#playground.session.scenario;
    const isSame = JSON.stringify(read.policy) === JSON.stringify(policy) && drawn.draw === draw;
    if (isSame) this.render();
    else this.#playground.startOver({ policy: read.policy, draw: drawn.draw });
  }
}

function makeField(name: SettingName): { readonly field: Field; readonly row: HTMLElement } {
  const id = `policy-${name.replace('.', '-')}`;
  const isDuration = name.endsWith('Ms');
  const input = h('input', {
    id,
    type: 'text',
    inputmode: 'decimal',
    autocomplete: 'off',
    placeholder: name === 'draw' ? DEFAULT_DRAW : fieldOf(DEFAULT_POLICY, name),
    'aria-describedby': `${id}-error`,
    'data-testid': id,
  });
  const human = h('span', { class: 'human muted' });
  const error = h('p', { id: `${id}-error`, class: 'field-error', 'data-testid': `${id}-error` });
  const row = h(
    'div',
    { class: 'field', title: ABOUT[name] },
    h('label', { for: id, class: 'code' }, name),
    human,
    input,
    h('span', { class: 'unit muted' }, isDuration ? 'ms' : ''),
    error,
  );
  return { field: { input, human, error }, row };
}

function setError(input: HTMLInputElement, place: HTMLElement, message: string | undefined): void {
  setAttribute(input, 'aria-invalid', message === undefined ? undefined : 'true');
  setText(place, message ?? '');
}

function readDraw(text: string): { readonly draw: number; readonly error?: string } {
  try {
    return { draw: text.trim() === '' ? DEFAULT_DRAW : checkDraw(Number(text)) };
  } catch (error) {
    if (error instanceof RangeError) return { draw: DEFAULT_DRAW, error: error.message };
    throw error;
  }
}
