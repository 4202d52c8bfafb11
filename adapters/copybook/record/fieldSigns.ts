/** Signs of damaged text in the fields of a host file. */
import { isAscii } from 'node:buffer';
import { encodingOf } from '../../reading/text/encodings.ts';
import { suspectText } from '../../reading/text/textBlock.ts';
import { textSign } from '../../reading/text/textSigns.ts';
import { readsAsUtf8 } from '../../reading/text/utf8Lines.ts';
import type { CopybookOptions } from '../options.ts';
import type { SignOf } from './recordState.ts';

const beyondAscii = /[^\0-\x7f]/;
const privateUse = /[\ue000-\uf8ff\udb80-\udbff]/;

export class FieldSigns {
  readonly signOf: SignOf;
  private readonly isHost: boolean;

  constructor({ encoding }: Pick<CopybookOptions, 'encoding'>) {
    this.isHost = encoding === 'ebcdic';
    const mayBeOther = !this.isHost && encodingOf(encoding) !== 'utf-8';
    this.signOf = (text, bytes, start, end) => {
      if (!beyondAscii.test(text)) return undefined;
      if (mayBeOther && readsAsUtf8(bytes, start, end)) return 'encoding.mixed';
      if (!suspectText(text)) return undefined;
      return textSign(text) ?? (privateUse.test(text) ? 'text.private-use' : undefined);
    };
  }

  /**
   * Whether fields of a block may contain a sign. EBCDIC fields can only contain soft hyphens; pure ASCII text has no sign except controls,
   * which are found separately.
   * @param text one unit a byte
   */
  mayBeIn(bytes: Uint8Array, text: string): boolean {
    return this.isHost ? text.includes('\u00ad') : !isAscii(bytes);
  }
}
