const maxTexts = 4096;

/**
 * Cache of masked texts under a number that encodes all they show (a surname's character and a length, a division and a length). A city has
 * few of them and many rows. The cache contains nothing that the masks hide, and is cleared when full.
 */
export class ShownTexts {
  private readonly made = new Map<number, string>();

  get(key: number): string | undefined {
    return this.made.get(key);
  }

  /** Stores a text and returns it. */
  keep(key: number, text: string): string {
    if (this.made.size >= maxTexts) this.made.clear();
    this.made.set(key, text);
    return text;
  }
}
