import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assign, createActor, setup } from 'xstate';
import { createInspector } from '../../src/inspect/index.ts';

interface Item {
  readonly sku: string;
  readonly price: bigint;
  readonly note: string;
}

const cartMachine = setup({
  types: {} as {
    context: { items: readonly Item[]; card: { holder: string; number: string }; coupon: string };
    events: { type: 'ADD'; item: Item } | { type: 'PAY'; pin: string; tip: number };
  },
  delays: { patience: 900_000 },
  guards: { isEmpty: ({ context }) => context.items.length === 0 },
  actions: {
    addItem: assign({
      items: ({ context, event }) => (event.type === 'ADD' ? [...context.items, event.item] : context.items),
    }),
  },
}).createMachine({
  id: 'cart',
  context: { items: [], card: { holder: 'Ada', number: '4000 0000 0000 0002' }, coupon: 'HALF-PRICE' },
  initial: 'filling',
  states: {
    filling: {
      on: { ADD: { actions: 'addItem' }, PAY: [{ guard: 'isEmpty' }, { target: 'paying' }] },
      after: { patience: 'abandoned' },
    },
    paying: { type: 'final' },
    abandoned: { type: 'final' },
  },
});

const inspector = createInspector({
  machines: {
    cart: {
      title: 'Carts', // of the tab
      nameOf: ({ card }: { readonly card: { readonly holder: string } }) => `cart of ${card.holder}`,
      show: {
        context: ['items[].sku', 'items[].price', 'card.holder'],
        events: { ADD: ['item.sku'], PAY: ['tip'] },
      },
      delays: { patience: 900_000 }, // drawn as "after 15 min"
      refusals: { isEmpty: 'the cart is empty' },
    },
  },
});

const cart = createActor(cartMachine, { inspect: inspector.inspect }).start();
cart.send({ type: 'PAY', pin: '1234', tip: 2 });
cart.send({ type: 'ADD', item: { sku: 'beans', price: 1_850n, note: 'a gift for Bob' } });

const server = createServer(inspector.handler);
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { port } = server.address() as AddressInfo;
const feed = await fetch(`http://127.0.0.1:${port}/inspect/feed`);
for await (const text of feed.body?.pipeThrough(new TextDecoderStream()) ?? []) {
  for (const [, json = ''] of text.matchAll(/^data: (.*)$/gm)) {
    const { actors = [], records = [] } = JSON.parse(json);
    for (const { name, machine } of actors) {
      console.log(name, JSON.stringify(machine.context), `and ${machine.hiddenFields} more`);
    }
    for (const { event, verdict, reason } of records) {
      if (event !== undefined) console.log(JSON.stringify(event), verdict, reason ?? '');
    }
    if (records.length > 0) inspector.stop();
  }
}
cart.stop();
server.close();
