import { actionButton, createDialog, dialogButtons } from './dialog.ts';
import { h } from './dom.ts';
import { shapeIcon } from './icons.ts';
import { lookOf } from './state-look.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'filter the log'],
  ['p', 'pause, resume'],
  ['↑ ↓', 'move in the log'],
  ['Enter', 'open and close a record'],
  ['Esc', 'close the record, clear the filter'],
  ['1 … 9', 'open a machine'],
  ['l  s  c', 'log, sequence, context'],
  ['+  −  0', 'zoom the chart, fit it'],
  ['w', 'wide chart'],
  ['t', 'light or dark'],
  ['?', 'this help'],
];

/** What the keys and the shapes mean. */
export function createHelp(): { readonly open: () => void } {
  const dialog = createDialog(
    'Help',
    'help-dialog',
    h(
      'dl',
      { class: 'keys' },
      ...KEYS.map(([key, meaning]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, meaning))),
    ),
    h('h3', {}, 'The breaker'),
    h('ul', { class: 'legend' }, ...legend()),
    h('h3', {}, 'What came to nothing'),
    h(
      'p',
      {},
      'ignored: the state hears it and does nothing. refused: a guard said no, such as for a stale generation or a denied permit. dead: the actor had ended. queued: it is not started yet.',
    ),
    h(
      'p',
      {},
      'A record lives in the history of the server until newer ones push it out; the page keeps the newest 20,000. Times are those of your clock zone, told by the server.',
    ),
  );
  dialog.append(dialogButtons(actionButton('Close', 'primary', () => dialog.close())));
  return { open: () => dialog.showModal() };
}

const LEGEND = {
  CLOSED: 'payments go out, failures are counted',
  OPEN: 'nothing goes out until its time is over',
  HALF_OPEN: 'a few probes decide',
  ISOLATED: 'nothing goes out until somebody resets it',
};

const legend = (): readonly HTMLElement[] =>
  Object.entries(LEGEND).map(([state, meaning]) =>
    h('li', {}, shapeIcon(lookOf(state)), h('b', {}, state), ` ${meaning}`),
  );
