import { setText } from '../../inspector/dom.ts';
import type { Entry } from './entry.ts';
import type { Playground, Shown } from './playground.ts';
import { answerText, countChanges, entryTitle } from './words.ts';

/** Tells screen readers what came of the last event. Time in which nothing happens is no news. */
export class Announcer implements Shown {
  readonly #playground: Playground;
  readonly #region: HTMLElement;
  #said: Entry | undefined;

  constructor(region: HTMLElement, playground: Playground) {
    this.#region = region;
    this.#playground = playground;
  }

  render(): void {
    const { entry } = this.#playground;
    if (entry === undefined || entry === this.#said || entry.verdict === 'idle') return;
    this.#said = entry;
    setText(this.#region, sentence(entry));
  }
}

function sentence(entry: Entry): string {
  const { verdict, reason, answer, before, after } = entry;
  const parts = [
    `${entryTitle(entry)} ${verdict}`,
    before.state === after.state ? after.state : `${before.state} to ${after.state}`,
    answer === undefined ? (reason ?? '') : answerText(answer),
    ...countChanges(entry),
  ];
  return parts.filter((part) => part !== '').join(', ');
}
