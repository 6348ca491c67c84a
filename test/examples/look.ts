import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Inspector } from '../../src/inspect/index.ts';
import type { ActorPicture, Batch, FeedRecord, Hello, Verdict } from '../../src/inspect/protocol.ts';

/** What a page would know now, and every byte that it was sent. */
export interface Look {
  readonly text: string;
  readonly records: readonly FeedRecord[];
  /** The newest actor with this name. */
  actor(name: string): ActorPicture;
  /** Type and reason of the events to this actor that came to this. */
  events(name: string, verdict: Verdict): readonly string[];
}

/** Reads an inspector's feed as it is now, without a server. */
export function lookAt(inspector: Inspector): Look {
  let text = '';
  const leaving: (() => void)[] = [];
  const response = {
    setHeader() {},
    writeHead() {},
    write(frame: string) {
      text += frame;
      return true;
    },
    on(event: string, listener: () => void) {
      if (event === 'close') leaving.push(listener);
    },
  };
  const request = { method: 'GET', url: '/inspect/feed', headers: { host: 'localhost' } };
  inspector.handler(request as unknown as IncomingMessage, response as unknown as ServerResponse);
  for (const leave of leaving) leave();

  const [hello, ...batches] = [...text.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json));
  const { actors } = hello as Hello;
  const records = (batches as readonly Batch[]).flatMap((batch) => batch.records);
  const actor = (name: string) => {
    const found = actors.findLast((each) => each.name === name);
    if (found === undefined)
      throw new Error(`${name} is none of ${actors.map((each) => each.name).join(', ')}`);
    return found;
  };
  return {
    text,
    records,
    actor,
    events: (name, verdict) =>
      records
        .filter((record) => record.kind === 'event')
        .filter((record) => record.actor === actor(name).id && record.verdict === verdict)
        .map(({ event, reason }) => `${event.type}: ${reason}`),
  };
}
