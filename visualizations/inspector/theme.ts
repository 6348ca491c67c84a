import { glyph } from './icons.ts';
import { keeper } from './storage.ts';

type Theme = 'light' | 'dark';

/** The system's theme until somebody chooses one; the choice is kept by the browser. */
export class ThemeSwitch {
  readonly #kept = keeper(() => localStorage, 'inspector.theme');
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  readonly #button: HTMLButtonElement;

  constructor(button: HTMLButtonElement) {
    this.#button = button;
    button.addEventListener('click', () => this.toggle());
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  toggle(): void {
    this.#kept.set(this.#theme === 'dark' ? 'light' : 'dark');
    this.#apply();
  }

  get #theme(): Theme {
    const kept = this.#kept.get();
    if (kept === 'light' || kept === 'dark') return kept;
    return this.#system.matches ? 'dark' : 'light';
  }

  #apply(): void {
    const theme = this.#theme;
    const other = theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = theme;
    this.#button.replaceChildren(glyph(theme === 'dark' ? 'sun' : 'moon'));
    this.#button.setAttribute('aria-label', `Change to the ${other} theme`);
    this.#button.title = `${other === 'dark' ? 'Dark' : 'Light'} theme (t)`;
  }
}
