import { ActorPicker } from './actor-picker.ts';
import { Announcer } from './announcer.ts';
import { Api } from './api.ts';
import { ChangesView } from './changes-view.ts';
import { ChartView } from './chart-view.ts';
import { Charts } from './charts.ts';
import { readConfig } from './config.ts';
import { ConnectionView } from './connection-view.ts';
import { ContextView } from './context-view.ts';
import { ControlView } from './control-view.ts';
import { DisbursementsPanel } from './disbursements-view.ts';
import { byId, h, setAttribute } from './dom.ts';
import { exportJson } from './export.ts';
import { FeedClient } from './feed-client.ts';
import { FiltersView } from './filters-view.ts';
import { createHelp } from './help-dialog.ts';
import { glyph } from './icons.ts';
import { listenToKeys } from './keyboard.ts';
import { LogView } from './log-view.ts';
import { MachineTabs } from './machine-tabs.ts';
import { OutageView } from './outage-view.ts';
import { RecordDetail } from './record-detail.ts';
import { type Rendered, RenderLoop } from './render-loop.ts';
import { SequenceView } from './sequence-view.ts';
import { createSplitter } from './splitter.ts';
import { Store } from './store.ts';
import { SummaryView } from './summary-view.ts';
import { ThemeSwitch } from './theme.ts';
import { TokenKeeper } from './token-dialog.ts';
import { ViewTabs } from './view-tabs.ts';

const config = readConfig(document);
const views: Rendered[] = [];
const loop = new RenderLoop(() => {
  store.settle();
  for (const view of views) view.render();
  document.documentElement.classList.toggle('is-wide', store.isWide);
  setAttribute(wide, 'aria-pressed', String(store.isWide));
});
const store = new Store(config, loop.request);
const theme = new ThemeSwitch(byId<HTMLButtonElement>('theme'));
const help = createHelp();
const tokens = new TokenKeeper();
const api = new Api(tokens.get);
const charts = new Charts(api, config.base, loop.request);

const feed = new FeedClient(
  { url: `${config.base}/feed`, token: tokens.get },
  {
    onHello: (hello) => {
      charts.forgetFailures();
      store.hello(hello);
    },
    onBatch: (batch) => store.batch(batch),
    onConnection: (connection) => {
      store.setConnection(connection);
      if (connection.kind === 'locked') void askForToken(connection.isWrong);
    },
  },
);
store.onMissed = () =>
  feed.connect(`${store.model.instance ?? ''}.${store.model.log.records.at(-1)?.seq ?? 0}`);

async function askForToken(isWrong: boolean): Promise<void> {
  const note = isWrong
    ? 'That is not the token of this server.'
    : 'The feed of events is shown with the token only.';
  if ((await tokens.ask(note)) !== undefined) feed.connect();
}

const stage = byId('chart-stage');
const picker = h('div', { class: 'picker' });
const zoomTools = h('div', { class: 'zoom-tools', role: 'group', 'aria-label': 'Zoom' });
const wide = h(
  'button',
  {
    type: 'button',
    class: 'button icon-only',
    'aria-pressed': 'false',
    'aria-label': 'Wide chart',
    title: 'Wide chart (w)',
    'data-testid': 'wide',
  },
  glyph('wide'),
);
stage.append(h('div', { class: 'stage-bar' }, picker, zoomTools));
const controls = h('div', { class: 'controls' });

wide.addEventListener('click', () => store.toggleWide());

const chart = new ChartView(stage, zoomTools, store, charts, loop.request);
const summary = byId('summary');
const tabs = new MachineTabs(byId('machine-tabs'), store);
views.push(
  tabs,
  new ConnectionView(byId('connection'), byId<HTMLButtonElement>('pause'), store),
  new SummaryView(summary, store, charts, () => void askForToken(false)),
  new ChangesView(summary, store),
  new ViewTabs(byId('view-tabs'), store),
  new FiltersView(byId('filters'), byId('log-count'), byId('gone'), store),
  new RecordDetail(byId('detail'), store),
  new LogView(byId('log-panel'), byId('log-place'), store, loop.request),
  new SequenceView(byId('sequence-panel'), store, loop.request),
  new ContextView(byId('context-panel'), store),
  new ActorPicker(picker, store),
  chart,
  new ControlView(controls, store, api, tokens),
  new OutageView(controls, store, api),
  new Announcer(byId('announcer'), store),
);
if (config.hasDisbursements) views.push(new DisbursementsPanel(byId('disbursements'), store, api));
zoomTools.append(wide);
stage.append(controls);

byId('export').addEventListener('click', () => exportJson(store));
byId('help').addEventListener('click', help.open);
createSplitter(byId('splitter-place'), byId('main'));
listenToKeys({
  '/': () => {
    if (store.view === 'context' || store.isWide) {
      store.show(store.view === 'context' ? 'log' : store.view);
      loop.renderNow();
    }
    // At once: what is typed next belongs into the field, and is no key of the page.
    byId('filter').focus();
  },
  p: () => store.togglePause(),
  t: () => theme.toggle(),
  w: () => store.toggleWide(),
  '+': () => chart.zoom.zoomIn(),
  '-': () => chart.zoom.zoomOut(),
  '0': () => chart.zoom.fit(),
  l: () => store.show('log'),
  s: () => store.show('sequence'),
  c: () => store.show('context'),
  '?': help.open,
  Escape: () => store.select(undefined),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [String(n), () => tabs.openNumber(n)])),
});

store.goTo(location.hash);
addEventListener('popstate', () => store.goTo(location.hash));
feed.connect();
loop.start();
