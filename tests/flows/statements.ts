/** What a call has the database do, as far as it is distinguished by it: statements in their order, and the shapes of what they are given. */
import type { TestContext } from 'node:test';
import pg from 'pg';

/** One statement: its name, or its text, and the shape of each value. */
export type Statement = readonly [statement: string, ...shapes: string[]];

/** Statements of the hub's background work, which may come at any moment: checkpoints, tiles, proofs, the follower's readings, newer releases, the clock, the settings of used sessions. */
const upkeep =
  /\baudit_(?:checkpoint|tile|head|entry)\b|^(?:BEGIN|COMMIT|ROLLBACK)\b|\bFROM migration\b|\bwebhook_state\b|clock_timestamp|^SELECT$|^SELECT ARRAY\[pg_catalog\.current_setting/i;
/** What an entry commits to says why a row was withheld, for auditors: its words are of different lengths. */
const committed = /\bINTO audit_private\b/;

/**
 * Records every statement of this process from now on until the test ends, on whatever connection, but for the log's own.
 * @returns what was recorded so far; each time it is asked the record begins anew
 */
export function recordStatements(t: TestContext): () => readonly Statement[] {
  let stored: Statement[] = [];
  const query = Object.getOwnPropertyDescriptor(pg.Client.prototype, 'query')?.value as (
    this: unknown,
    ...requested: unknown[]
  ) => unknown;
  t.mock.method(pg.Client.prototype, 'query', function recorded(this: unknown, ...requested: unknown[]) {
    const [first, second] = requested;
    const { text, name, values } =
      typeof first === 'string'
        ? { text: first, name: undefined, values: Array.isArray(second) ? (second as unknown[]) : [] }
        : (first as { text?: string; name?: string; values?: unknown[] });
    const shapes = text !== undefined && committed.test(text) ? [] : (values ?? []).map(shapeOf);
    if (text !== undefined && !upkeep.test(text))
      stored.push([name ?? text.replaceAll(/\s+/g, ' '), ...shapes]);
    return query.apply(this, requested);
  });
  return () => {
    const taken = stored;
    stored = [];
    return taken;
  };
}

/** Kind and length: what a value takes on the wire and in the server, and nothing of what it says. */
function shapeOf(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  // the numbers of versions grow with each call and do not depend on its rows
  if (typeof value === 'string')
    return value.startsWith('{"version":') ? 'vector of a sum' : `text of ${value.length}`;
  if (Array.isArray(value)) return `[${value.map(shapeOf).join(', ')}]`;
  return value === null ? 'null' : typeof value;
}
