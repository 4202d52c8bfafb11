/** bound on texts in memory: those of lists vary */
const maxTexts = 2_000;

/** What is derived from the text of a statement. Most texts repeat, so each is examined once. */
export function byText<T>(derive: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= maxTexts) known.clear();
    const derived = derive(text);
    known.set(text, derived);
    return derived;
  };
}
