import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { parkingGarageMachine } from '../../../examples/inspector/parking-garage.ts';
import type { ActorPicture, ChartPicture, FeedRecord } from '../../../src/inspect/protocol.ts';
import { ROOT } from '../../docs/markdown.ts';

const SECRETS = ['4000 0000', 'Ada Example', 'service-0815', 'SHOP 1', 'guest 1'];

/** The example as a person starts it, on a port that is free. */
async function startService() {
  const child = spawn(process.execPath, ['examples/inspector/service.ts', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [url = ''] = /http:\S+(?=,)/.exec(line) ?? [];
  return { child, url, ended: once(child, 'close'), stderr: () => stderr };
}

/** Pictures of actors that have just appeared, and records, until enough was seen. */
async function watch(url: string, isEnough: (seen: Seen) => boolean): Promise<Seen> {
  const seen: Seen = { text: '', actors: new Map(), records: [] };
  const feed = await fetch(`${url}/feed`);
  let rest = '';
  for await (const chunk of feed.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    seen.text += chunk;
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop() ?? '';
    for (const [, json = ''] of frames.map((frame) => /^data: (.*)$/m.exec(frame) ?? [])) {
      if (json === '') continue;
      const { actors = [], records = [] } = JSON.parse(json);
      for (const actor of actors) seen.actors.set(actor.id, actor);
      for (const record of records as FeedRecord[]) {
        seen.records.push(record);
        // Of one that is in the pictures already they are newer.
        if (record.kind === 'started' && !seen.actors.has(record.actor))
          seen.actors.set(record.actor, record.picture);
      }
    }
    if (isEnough(seen)) return seen;
  }
  throw new Error(`the feed ended; last: ${seen.text.slice(-500)}`);
}

interface Seen {
  text: string;
  readonly actors: Map<string, ActorPicture>;
  readonly records: FeedRecord[];
}

const machinesOf = ({ actors }: Seen) => [...actors.values()].flatMap(({ machine }) => machine ?? []);
const hasMachine = (seen: Seen, id: string) => machinesOf(seen).some((machine) => machine.id === id);
const hasRefusal = ({ records }: Seen, reason: string) =>
  records.some((record) => record.kind === 'event' && record.reason === reason);

test('the example service shows three unrelated machines moving, keeps its secrets, and ends at SIGINT', async () => {
  const { child, url, ended, stderr } = await startService();
  const seen = await watch(
    url,
    (each) =>
      ['espressoMachine', 'parkingGarage', 'order', 'parcel'].every((id) => hasMachine(each, id)) &&
      hasRefusal(each, 'the ticket is not paid'),
  );

  const garage = machinesOf(seen).find(({ id }) => id === 'parkingGarage');
  expect(Object.keys(garage?.value ?? {})).toEqual(['gate', 'sign', 'till']);
  const espresso = machinesOf(seen).find(({ id }) => id === 'espressoMachine');
  expect(espresso).toMatchObject({ title: 'Espresso', context: { water: 4 } });
  expect([...seen.actors.values()].map(({ name }) => name)).toEqual(
    expect.arrayContaining(['espresso', 'garage', 'order 1', 'cups of order 1']),
  );

  for (const { chart } of machinesOf(seen)) {
    const answer = await fetch(`${url}/charts/${chart}`);
    const { svg } = (await answer.json()) as ChartPicture;
    expect(svg).toMatch(/^<svg [^>]*class="chart"/);
    if (chart !== garage?.chart) continue;
    const ids = ['gate', 'gate.closed', 'gate.opening', 'gate.open', 'gate.closing', 'sign', 'sign.free'];
    for (const id of [...ids, 'sign.full', 'till', 'till.waiting', 'till.charging', 'till.thanking']) {
      expect(svg).toContain(`data-state="${parkingGarageMachine.id}.${id}"`);
    }
  }

  // A page that comes later is told everything in pictures: nested and parallel states.
  const later = await watch(url, ({ actors }) => actors.size > 0);
  const values = machinesOf(later).map(({ value }) => value);
  expect(values).toContainEqual({ on: expect.anything() });
  expect(values).toContainEqual({
    gate: expect.any(String),
    sign: expect.any(String),
    till: expect.any(String),
  });
  expect(SECRETS.filter((secret) => (seen.text + later.text).includes(secret))).toEqual([]);

  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(stderr()).toBe('');
});
