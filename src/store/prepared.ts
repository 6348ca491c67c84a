import type { Compilable, CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
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
 * run it, and to find the connection for each as long again. A transaction has one connection, and it is asked for once.
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
  return async (db, values) => {
    const { adapter } = db.getExecutor();
    let statement = compiled.get(adapter);
    if (statement === undefined) {
      statement = build(db, placeholders as Values).compile();
      compiled.set(adapter, statement);
    }
    const parameters = statement.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as keyof Values] : value,
    );
    const query = { ...statement, parameters };
    if (!db.isTransaction) return db.executeQuery(query);
    return (connections.get(db) ?? (await connect(db))).executeQuery(query);
  };
}

/** What each transaction runs on. It is used by one statement after the other, as a transaction is. */
const connections = new WeakMap<StoreReader, DatabaseConnection>();

async function connect(db: StoreReader): Promise<DatabaseConnection> {
  const connection = await db.getExecutor().provideConnection(async (its) => its);
  connections.set(db, connection);
  return connection;
}
