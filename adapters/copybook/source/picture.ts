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

function numberPicture(symbols: string): Picture | undefined {
  const signed = symbols.startsWith('S');
  const body = signed ? symbols.slice(1) : symbols;
  const [whole = '', fraction, ...others] = body.split('V');
  if (others.length > 0) return undefined;
  const digits = body.replaceAll(/[VP]/g, '').length;
  if (fraction !== undefined) return { kind: 'number', digits, scale: fraction.length, signed };
  // P without V: at the left it makes decimals, at the right it makes zeros
  const leftP = /^P*/.exec(whole)?.[0].length ?? 0;
  const rightP = /P*$/.exec(whole)?.[0].length ?? 0;
  if (leftP > 0 && !/^P*$/.test(whole)) return { kind: 'number', digits, scale: leftP + digits, signed };
  return { kind: 'number', digits, scale: -rightP, signed };
}
