import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.ts';
import { control } from './0002-control.ts';
import { fees } from './0003-fees.ts';
import { gaps } from './0004-gaps.ts';
import { dueSince } from './0005-due-since.ts';
import type { SchemaDialect } from './dialect.ts';

export type { SchemaDialect } from './dialect.ts';

/** Every schema change there ever was, by name; the names sort in the order of their application. */
export const migrations = (dialect: SchemaDialect): Record<string, Migration> => ({
  '0001-initial': initial(dialect),
  '0002-control': control(dialect),
  '0003-fees': fees(),
  '0004-gaps': gaps(),
  '0005-due-since': dueSince(),
});
