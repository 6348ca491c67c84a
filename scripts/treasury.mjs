// The command from the sources, as `npm start` runs it; the published one is bundled into dist/cli.
import './require-node.mjs';

await import('../src/cli/treasury.ts');
