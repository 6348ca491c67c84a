import type { ColumnBuilderCallback, ColumnDataType, Kysely } from 'kysely';

/** What the schema has to say differently in each SQL dialect. */
export interface SchemaDialect {
  /** A primary key that counts up by itself and never gives a number twice. */
  readonly countingKey: { readonly type: ColumnDataType; readonly build: ColumnBuilderCallback };
  /** Makes every UPDATE and DELETE of the table an error. */
  forbidChanges(db: Kysely<unknown>, table: string): Promise<void>;
}
