const most = 4096;

/**
 * Masked texts kept by a number that says all they show (a surname's character and a length, a division and a length): a city has few of
 * them and many rows. Holds nothing that the masks hide, and forgets everything when full.
 */
export class ShownTexts {
  private readonly made = new Map<number, string>();

  get(key: number): string | undefined {
    return this.made.get(key);
  }

  /** Keeps a text and gives it back. */
  keep(key: number, text: string): string {
    if (this.made.size >= most) this.made.clear();
    this.made.set(key, text);
    return text;
  }
}
