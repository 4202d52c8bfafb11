/** Statements with a name at once: each keeps a plan in every connection. */
const mostNames = 200;
/** After so many milliseconds without use a name may go to another statement. */
const idle = 600_000;

/**
 * Names for prepared statements. Only so many shapes get one, so that a caller cannot fill the server's memory with plans; and each new
 * batch has a table, thus statements, of its own, so those of tables that are gone must make room.
 * @returns the name of a statement, undefined where it has to go without one
 */
export function statementNames(): (text: string, now?: number) => string | undefined {
  /** in the order of their last use */
  const names = new Map<string, { readonly name: string; readonly used: number }>();
  let made = 0;
  return (text, now = performance.now()) => {
    const known = names.get(text);
    if (known === undefined && names.size >= mostNames) {
      const [oldest, last] = names.entries().next().value ?? [];
      if (oldest === undefined || last === undefined || now - last.used < idle) return undefined;
      names.delete(oldest);
    }
    const { name } = known ?? { name: `rows_${(made += 1)}` }; // never the same name for another text: a connection would mix them up
    names.delete(text);
    names.set(text, { name, used: now });
    return name;
  };
}
