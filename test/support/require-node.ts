/** The tests need the Node of this project: `npm` puts it first in the path, unless install scripts were switched off. */
export function setup(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 22) {
    throw new Error(
      `treasury-breaker needs Node 22.18 or newer and runs on ${process.versions.node}: ` +
        'run "npm ci" with install scripts allowed (the "node" package brings Node 24), then use npm scripts',
    );
  }
}
