/** The builds for browsers that XState 4 and @xstate/inspect bring, by the names that the page asks for. */
export const BROWSER_BUILDS: ReadonlyMap<string, string> = new Map([
  ['xstate.js', 'xstate/dist/xstate.js'],
  ['xstate-inspect.js', '@xstate/inspect/dist/xstate-inspect.umd.min.js'],
]);
