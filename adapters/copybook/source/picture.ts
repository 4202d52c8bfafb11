/** PICTURE strings. */
import { externalFloat } from '../numbers/editedNumbers.ts';

export type Picture =
  | { readonly kind: 'text'; readonly length: number }
  | { readonly kind: 'national' | 'dbcs'; readonly length: number }
  | {
      readonly kind: 'edited';
      readonly length: number;
      readonly numeric: boolean;
      /** the picture with its repetitions written out */
      readonly symbols: string;
    }
  | {
      readonly kind: 'number';
      /** digits stored in the record */
      readonly digits: number;
      /** decimals; negative: zeros to append (P at the right) */
      readonly scale: number;
      readonly signed: boolean;
    };

const maxSymbols = 1_000_000;

/** Undefined for what is no picture. */
export function parsePicture(text: string): Picture | undefined {
  const symbols = expanded(text.toUpperCase());
  if (symbols === undefined || symbols === '') return undefined;
  if (/^S?[9VP]+$/.test(symbols) && symbols.includes('9')) return numberPicture(symbols);
  if (/^[XA9B0/]+$/.test(symbols) && /[XA]/.test(symbols)) return { kind: 'text', length: symbols.length };
  if (/^N+$/.test(symbols)) return { kind: 'national', length: symbols.length };
  if (/^[GB]+$/.test(symbols)) return { kind: 'dbcs', length: symbols.length };
  if (externalFloat.test(symbols)) return { kind: 'edited', length: symbols.length, numeric: true, symbols };
  if (!/^(?:[9VPZ*$+\-.,B0/¥￥]|CR|DB)+$/.test(symbols)) return undefined;
  const length = symbols.replaceAll(/[VP]/g, '').length;
  return { kind: 'edited', length, numeric: !/[B0/]/.test(symbols.replace(/DB$/, '')), symbols };
}

/** `9(3)V99` → `999V99`. */
function expanded(picture: string): string | undefined {
  let symbols = '';
  for (const match of picture.matchAll(/(CR|DB|[A-Z9*$+\-.,0/¥￥])(?:\((\d{1,7})\))?|(.)/g)) {
    const [, symbol, count, stray] = match;
    if (symbol === undefined || stray !== undefined) return undefined;
    const times = count === undefined ? 1 : Number(count);
    if (symbols.length + times * symbol.length > maxSymbols) return undefined;
    symbols += symbol.repeat(times);
  }
  return symbols;
}

/**
 * Digits with an assumed decimal point (V), or with scaling positions (P) on one side. P implies the point: before leading ones, after
 * trailing ones; V in that place is redundant (IBM Enterprise COBOL, «PICTURE clause»). P between digits or on both sides is no picture.
 */
function numberPicture(symbols: string): Picture | undefined {
  const signed = symbols.startsWith('S');
  const body = signed ? symbols.slice(1) : symbols;
  const digits = body.replaceAll(/[VP]/g, '').length;
  const decimals = /^V?(P+9+)$/.exec(body)?.[1];
  if (decimals !== undefined) return { kind: 'number', digits, scale: decimals.length, signed };
  const zeros = /^9+(P+)V?$/.exec(body)?.[1];
  if (zeros !== undefined) return { kind: 'number', digits, scale: -zeros.length, signed };
  if (!/^9*V?9*$/.test(body)) return undefined;
  return { kind: 'number', digits, scale: body.split('V')[1]?.length ?? 0, signed };
}
