import { hash } from 'node:crypto';

/** Statements with a name at once: each keeps a plan in every connection. */
const mostNames = 200;
/** After so many milliseconds without use a name may go to another statement. */
const idle = 600_000;

/** The name of a statement, undefined where it has to go without one. @param now monotonic milliseconds */
export type StatementNames = (text: string, now?: number) => string | undefined;

/**
 * Names for prepared statements. Only so many shapes get one, so that a caller cannot fill the server's memory with plans; and each new
 * batch has a table, thus statements, of its own, so those of tables that are gone must make room. A name says its text: no connection
 * ever has two texts under one name.
 */
export function statementNames(): StatementNames {
  /** in the order of their last use */
  const names = new Map<string, { readonly name: string; readonly used: number }>();
  return (text, now = performance.now()) => {
    const known = names.get(text);
    if (known === undefined && names.size >= mostNames) {
      const [oldest, last] = names.entries().next().value ?? [];
      if (oldest === undefined || last === undefined || now - last.used < idle) return undefined;
      names.delete(oldest);
    }
    const { name } = known ?? { name: `rows_${hash('sha256', text).slice(0, 32)}` };
    names.delete(text);
    names.set(text, { name, used: now });
    return name;
  };
}

/** They belong to the pool whose connections keep the plans, and go with it. */
const ofPool = new WeakMap<object, StatementNames>();

/** The names of one pool's statements. */
export function namesOf(pool: object): StatementNames {
  const known = ofPool.get(pool) ?? statementNames();
  ofPool.set(pool, known);
  return known;
}
