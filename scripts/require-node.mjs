// Plain JavaScript, so that an older Node gets to the message: the sources are TypeScript, which it cannot read.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `treasury: needs Node 22.18 or newer and runs on ${process.versions.node}: ` +
      'run "npm ci" with install scripts allowed (the "node" package brings Node 24) and start it through npm\n',
  );
  process.exit(78);
}
