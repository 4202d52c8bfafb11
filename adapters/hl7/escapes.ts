/** Escape sequences of HL7 v2 (chapter 2.7). Unknown ones stay as they are written. */
import type { Separators } from './segment.ts';

export function unescaped(text: string, separators: Separators): string {
  const mark = separators.escape;
  if (mark === '' || !text.includes(mark)) return text;
  let out = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf(mark, at);
    const close = open < 0 ? -1 : text.indexOf(mark, open + 1);
    if (close < 0) return out + text.slice(at);
    const replacement = meaning(text.slice(open + 1, close), separators);
    if (replacement === undefined) {
      // not an escape: the second mark may begin one
      out += text.slice(at, close);
      at = close;
    } else {
      out += text.slice(at, open) + replacement;
      at = close + 1;
    }
  }
}

function meaning(code: string, separators: Separators): string | undefined {
  switch (code) {
    case 'F':
      return separators.field;
    case 'S':
      return separators.component;
    case 'T':
      return separators.subcomponent;
    case 'R':
      return separators.repetition;
    case 'E':
      return separators.escape;
    case 'H':
    case 'N':
    case '.fi':
    case '.nf':
      return '';
    case '.br':
    case '.ce':
      return '\n';
    default:
      return longer(code);
  }
}

function longer(code: string): string | undefined {
  if (/^X([0-9A-Fa-f]{2})+$/.test(code)) return bytesText(Buffer.from(code.slice(1), 'hex'));
  const spacing = /^\.(sp|sk|in|ti)\s*([+-]?\d{0,3})$/.exec(code);
  if (spacing === null) return undefined;
  const count = Math.min(100, Math.abs(Number(spacing[2] === '' ? 1 : spacing[2])));
  if (spacing[1] === 'sp') return '\n'.repeat(count);
  return spacing[1] === 'sk' ? ' '.repeat(count) : '';
}

const bytesText = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
};
