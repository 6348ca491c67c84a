/**
 * `node:util` without an import of it: an import reads everything that it exports, and some of that loads a good part of
 * Node when it is read, for as long as XState takes to load.
 */
export const nodeUtil = () => process.getBuiltinModule('node:util');
