/** Something on the page that shows the store. Called once a frame at the most; has to do little if nothing is new. */
export interface Rendered {
  render(): void;
}

/** What counts down has to be drawn anew that often even if nothing happens. */
const TICK_MS = 250;

/** One frame for however many events came; none while the tab is hidden, where the browser gives no frames. */
export class RenderLoop {
  readonly #render: () => void;
  #isAsked = false;

  constructor(render: () => void) {
    this.#render = render;
  }

  start(): void {
    setInterval(() => {
      if (!document.hidden) this.request();
    }, TICK_MS);
    document.addEventListener('visibilitychange', () => this.request());
    this.request();
  }

  /** For what has to be on the page before the next key comes. */
  renderNow(): void {
    this.#render();
  }

  readonly request = (): void => {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#render();
    });
  };
}
