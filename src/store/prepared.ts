import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { StoreReader } from './schema.ts';

/** Stands for a value while a statement is compiled. */
class Placeholder {
  readonly name: PropertyKey;
  constructor(name: PropertyKey) {
    this.name = name;
  }
}

const placeholders = new Proxy({}, { get: (_, name) => new Placeholder(name) });

/** A statement that is built and compiled once for each database, and then only given its values. */
export type Prepared<Values extends object, Row> = (
  db: StoreReader,
  values: Values,
) => Promise<QueryResult<Row>>;

/**
 * Prepares a statement of the hot path: to build and compile one takes kysely several times as long as it takes SQLite to
 * run it.
 *
 * @param build is called once, with placeholders: it may pass each value on as a value, and not look at it. Lists, and
 * `null` where SQL wants `is null`, are no values.
 *
 * @example
 * ```ts
 * const rowById = prepared((db, { id }: { id: string }) => db.selectFrom('disbursement').selectAll().where('id', '=', id));
 * const { rows } = await rowById(db, { id: 'a' });
 * ```
 */
export function prepared<Values extends object, Row>(
  build: (db: StoreReader, values: Values) => Compilable<Row>,
): Prepared<Values, Row> {
  // One for each adapter, since each dialect writes its own SQL; a transaction has the adapter of its database.
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  return (db, values) => {
    const { adapter } = db.getExecutor();
    let statement = compiled.get(adapter);
    if (statement === undefined) {
      statement = build(db, placeholders as Values).compile();
      compiled.set(adapter, statement);
    }
    const parameters = statement.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as keyof Values] : value,
    );
    return db.executeQuery({ ...statement, parameters });
  };
}
