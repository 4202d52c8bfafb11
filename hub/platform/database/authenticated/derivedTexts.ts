/** bound on texts in memory: those of lists vary */
const maxTexts = 2_000;

/** What is derived from the text of a statement. Most texts repeat, so each is examined once. */
export class DerivedTexts<T> {
  private readonly known = new Map<string, T>();
  private readonly derive: (text: string) => T;

  constructor(derive: (text: string) => T) {
    this.derive = derive;
  }

  of(text: string): T {
    const found = this.known.get(text);
    if (found !== undefined) return found;
    if (this.known.size >= maxTexts) this.known.clear();
    const derived = this.derive(text);
    this.known.set(text, derived);
    return derived;
  }
}
