// So many readers of one feed, in a process of their own: watchers.ts <url> <count>. Says so when all are connected.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

const [url = '', count = '1'] = process.argv.slice(2);

async function watch(): Promise<void> {
  const request = get(url, { agent: false });
  const [feed] = (await once(request, 'response')) as [IncomingMessage];
  if (feed.statusCode !== 200) throw new Error(`the feed answers ${feed.statusCode}`);
  const first = once(feed, 'data');
  feed.on('error', () => {}); // whoever is watched ends first
  await first;
  feed.resume();
}

await Promise.all(Array.from({ length: Number(count) }, watch));
process.send?.('all are watching');
process.on('disconnect', () => process.exit());
