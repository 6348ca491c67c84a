import { byId } from '../../inspector/dom.ts';
import { listenToKeys } from '../../inspector/keyboard.ts';
import { Announcer } from './announcer.ts';
import { ChartView } from './chart-view.ts';
import { EventView } from './event-view.ts';
import { LinkError, readHash } from './link.ts';
import { LogView } from './log-view.ts';
import { NoticeView } from './notice-view.ts';
import { Player } from './player.ts';
import { Playground } from './playground.ts';
import { PolicyView } from './policy-view.ts';
import { StateView } from './state-view.ts';
import { TestView } from './test-view.ts';
import { TimeView } from './time-view.ts';
import { Toolbar } from './toolbar.ts';

const playground = new Playground();
const player = new Player(playground);

const toolbar = new Toolbar(byId('tools'), byId('presets'), playground, player);
const events = new EventView(byId('events'), playground);
const time = new TimeView(byId('time'), playground, player);
const chart = new ChartView(byId('chart'), byId('chart-tools'), playground);

playground.add(
  new NoticeView(byId('notice'), playground),
  toolbar,
  events,
  time,
  new PolicyView(byId('policy'), playground),
  new StateView(byId('state'), playground),
  chart,
  new LogView(byId('log'), byId('log-count'), playground),
  new TestView(byId('test'), byId('test-tools'), playground),
  new Announcer(byId('announcer'), playground),
);

listenToKeys({ ...toolbar.keys, ...events.keys, ...time.keys, ...chart.keys });

/** All of what a link holds, or a message and the page as it is. */
function openLink(): void {
  const hash = location.hash.slice(1);
  if (hash === '') return;
  player.stop();
  try {
    playground.load(readHash(hash));
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    playground.complain(`This link cannot be opened: ${error.message}.`);
  }
}

addEventListener('hashchange', openLink);
playground.render();
openLink();
document.documentElement.classList.add('is-alive');
