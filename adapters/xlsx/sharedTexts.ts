/** Reads the shared texts that cells of a workbook refer to. ECMA-376 part 1, 18.4. */
import type { Listener } from '../reading/markup/listener.ts';
import { readPart } from './readPart.ts';
import type { ZipEntry } from './zipGuard.ts';

/** Decodes escapes such as `_x000D_` in a text. */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_whole, code: string) =>
        String.fromCharCode(parseInt(code, 16)),
      )
    : text;

/** @throws Problem xlsx_damaged */
export async function sharedTexts(entry: ZipEntry | undefined): Promise<readonly string[]> {
  const texts: string[] = [];
  if (entry === undefined) return texts;
  const parts = readPart(entry, new TextItems(texts));
  for await (const _piece of parts);
  return texts;
}

/** Collects one text from each `si`: plain, or in runs; its pronunciation (`rPh`) is not part of it. */
class TextItems implements Listener {
  private readonly texts: string[];
  private readonly open: string[] = [];
  private item: string | undefined;
  private phonetic = false;

  constructor(texts: string[]) {
    this.texts = texts;
  }

  start(name: string): void {
    this.open.push(name);
    if (name === 'si') this.item = '';
    else if (name === 'rPh') this.phonetic = true;
  }

  text(text: string): void {
    if (this.open.at(-1) === 't') this.append(text);
  }

  leaf(name: string, text: string): void {
    if (name === 't') this.append(text);
    else if (name === 'si') this.texts.push('');
  }

  end(): void {
    const name = this.open.pop();
    if (name === 'rPh') this.phonetic = false;
    else if (name === 'si') {
      this.texts.push(unescaped(this.item ?? ''));
      this.item = undefined;
    }
  }

  readonly readAhead = (_text: string, at: number): number => at;

  private append(text: string): void {
    if (this.item !== undefined && !this.phonetic) this.item += text;
  }
}
