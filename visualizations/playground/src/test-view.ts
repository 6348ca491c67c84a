import { copyButton } from '../../inspector/copy-button.ts';
import { h, setText } from '../../inspector/dom.ts';
import { button } from './button.ts';
import { download } from './download.ts';
import type { Playground, Shown } from './playground.ts';
import { TEST_FILE, testText } from './test-text.ts';

/** The sequence as a test, to copy. */
export class TestView implements Shown {
  readonly #playground: Playground;
  readonly #code = h('code', { 'data-testid': 'test-text' });

  constructor(root: HTMLElement, tools: HTMLElement, playground: Playground) {
    this.#playground = playground;
    root.append(
      h('pre', { class: 'code test', tabindex: 0, role: 'region', 'aria-label': 'The test' }, this.#code),
    );
    const copy = copyButton('the test', () => this.#text, 'Copy as a vitest test');
    copy.classList.add('primary');
    copy.dataset['testid'] = 'copy-test';
    tools.append(
      copy,
      button('Download', { title: TEST_FILE, testId: 'download-test' }, () =>
        download(TEST_FILE, this.#text),
      ),
    );
  }

  render(): void {
    setText(this.#code, this.#text);
  }

  get #text(): string {
    const { scenario, run } = this.#playground.session;
    return testText(scenario, run);
  }
}
