import { createCircuitBreakerRegistry } from '../../src/index.ts';

const registry = createCircuitBreakerRegistry({ policy: { failureThreshold: 1 }, maxEntries: 2 });
const load = (url: URL, work: () => Promise<string>) => registry.get(url.host).execute(work);

await load(new URL('https://one.example/a'), async () => 'fine');
await load(new URL('https://two.example/b'), () => Promise.reject(new Error('down'))).catch(() => {});
await load(new URL('https://three.example/c'), async () => 'fine');
for (const breaker of registry) console.log(breaker.name, breaker.state);
registry.stop();
