import { h, setText } from './dom.ts';
import { countdownText } from './format.ts';
import type { NextTimer } from './summary-text.ts';

const MOST_TIMERS = 3;

export interface TimerLines {
  readonly lines: readonly HTMLElement[];
  /** Counts down. @param now the server's time */
  readonly tick: (now: number) => void;
}

/** What will happen by itself, the soonest first and with a bar. */
export function timerLines(timers: readonly NextTimer[]): TimerLines {
  const ticks: ((now: number) => void)[] = [];
  const lines = timers.slice(0, MOST_TIMERS).map((timer, index) => {
    const { text, detail, count } = timer;
    const isFirst = index === 0;
    const left = h('span', {
      class: 'code countdown-text',
      'data-testid': isFirst ? 'next-countdown' : undefined,
    });
    const part = h('span', { class: 'progress-bar' });
    ticks.push((now) => show(timer, now, left, part));
    return h(
      'div',
      { class: isFirst ? 'timer first' : 'timer' },
      h('span', {}, h('strong', { class: 'code' }, text), ' in ', left),
      isFirst ? h('span', { class: 'progress', 'aria-hidden': 'true' }, part) : undefined,
      h('span', { class: 'muted' }, `${detail}${count > 1 ? ` and ${count - 1} more` : ''}`),
    );
  });
  const rest = timers.length - lines.length;
  if (rest > 0) lines.push(h('div', { class: 'timer muted' }, `and ${rest} other timers`));
  return {
    lines,
    tick: (now) => {
      for (const tick of ticks) tick(now);
    },
  };
}

function show({ endsAt, delayMs }: NextTimer, now: number, left: HTMLElement, part: HTMLElement): void {
  const leftMs = Math.max(0, endsAt - now);
  setText(left, countdownText(leftMs));
  part.style.width = `${100 * (1 - Math.min(1, leftMs / Math.max(1, delayMs)))}%`;
}
