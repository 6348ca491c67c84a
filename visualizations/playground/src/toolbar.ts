import { copyButton } from '../../inspector/copy-button.ts';
import { setAttribute } from '../../inspector/dom.ts';
import { button } from './button.ts';
import { writeHash } from './link.ts';
import type { Player } from './player.ts';
import type { Playground, Shown } from './playground.ts';
import { PRESETS } from './presets.ts';

/** What concerns the sequence as a whole: undo and redo, a new beginning, the link to it, and sequences to begin with. */
export class Toolbar implements Shown {
  readonly #playground: Playground;
  readonly #undo: HTMLButtonElement;
  readonly #redo: HTMLButtonElement;
  readonly #redoAll: HTMLButtonElement;
  readonly #startOver: HTMLButtonElement;
  readonly keys: { readonly [key: string]: () => void };

  constructor(tools: HTMLElement, presets: HTMLElement, playground: Playground, player: Player) {
    this.#playground = playground;
    // Whoever goes back wants to look, not to be carried on by the time that runs.
    const halted = (act: () => void) => () => {
      player.stop();
      act();
    };
    const undo = halted(() => playground.undo());
    const redo = halted(() => playground.redo());
    const startOver = halted(() => playground.startOver());
    const redoAll = halted(() => playground.redoAll());
    this.#undo = button('Undo', { key: 'u', testId: 'undo' }, undo);
    this.#redo = button('Redo', { key: 'y', testId: 'redo' }, redo);
    this.#redoAll = button('Redo all', { testId: 'redo-all' }, redoAll);
    this.#startOver = button('Start over', { key: 'o', testId: 'start-over' }, startOver);
    const copyLink = copyButton('a link to this sequence', () => this.#link(), 'Copy link');
    copyLink.dataset['testid'] = 'copy-link';
    tools.append(this.#undo, this.#redo, this.#redoAll, this.#startOver, copyLink);
    presets.append(
      ...PRESETS.map(({ name, about, scenario }) =>
        button(
          name,
          { class: 'preset', title: about, testId: `preset-${name.replaceAll(' ', '-')}` },
          halted(() => playground.load(scenario)),
        ),
      ),
    );
    this.keys = { u: undo, y: redo, o: startOver };
  }

  render(): void {
    const { canUndo, canRedo } = this.#playground.session;
    setAttribute(this.#undo, 'disabled', !canUndo);
    setAttribute(this.#redo, 'disabled', !canRedo);
    setAttribute(this.#redoAll, 'hidden', !canRedo);
    setAttribute(this.#startOver, 'disabled', !canUndo);
  }

  /** It is put into the address bar too, for browsers that let nobody write to the clipboard. */
  #link(): string {
    const link = `${location.href.replace(/#.*$/s, '')}#${writeHash(this.#playground.session.scenario)}`;
    history.replaceState(null, '', link);
    return link;
  }
}
