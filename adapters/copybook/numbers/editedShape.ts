/**
 * Tests whether characters match an edited picture: digits where it has digits, and marks at their positions. Blanks, asterisks and
 * floating signs are allowed only before the first digit (ISO/IEC 1989, «Editing rules»). Zeros in place of suppressed ones are accepted,
 * since they have the same meaning.
 */

/** One character of the record. */
interface Place {
  readonly kind: 'digit' | 'suppressed' | 'floating' | 'mark' | 'sign' | 'currency' | 'point' | 'letters';
  readonly symbol: string;
}

export type Fits = (shown: string) => boolean;

/** @param symbols the picture, repetitions written out @param point its decimal point */
export function editedShape(symbols: string, point: string): Fits {
  const places = placesOf(symbols, point);
  const asterisks =
    places.some(({ symbol }) => symbol === '*') && places.every(({ kind }) => kind !== 'digit');
  return (shown) => {
    const text = shown.padEnd(places.length);
    if (text.length !== places.length) return false;
    return walk(places, text) || (asterisks && isAsteriskZero(places, text));
  };
}

function placesOf(symbols: string, point: string): Place[] {
  const body = symbols.replaceAll(/[VP]/g, '');
  const floating = floatingSymbol(symbols);
  return [...body].map((symbol, at): Place => {
    const next = body[at + 1] ?? '';
    const previous = body[at - 1] ?? '';
    if ((symbol === 'C' && next === 'R') || (symbol === 'D' && next === 'B'))
      return { kind: 'letters', symbol };
    if ((symbol === 'R' && previous === 'C') || (symbol === 'B' && previous === 'D'))
      return { kind: 'letters', symbol };
    if (symbol === '9') return { kind: 'digit', symbol };
    if (symbol === 'Z' || symbol === '*') return { kind: 'suppressed', symbol };
    if (symbol === point) return { kind: 'point', symbol };
    if (symbol === ',' || symbol === '.') return { kind: 'mark', symbol };
    if (symbol === floating) return { kind: 'floating', symbol };
    return symbol === '+' || symbol === '-' ? { kind: 'sign', symbol } : { kind: 'currency', symbol };
  });
}

/** The sign or currency mark that occurs more than once. */
function floatingSymbol(symbols: string): string | undefined {
  return ['+', '-', '$', '¥', '￥'].find((symbol) => symbols.split(symbol).length > 2);
}

function walk(places: readonly Place[], text: string): boolean {
  let begun = false;
  /** a floating sign was shown: a digit must follow */
  let signed = false;
  for (const [at, { kind, symbol }] of places.entries()) {
    const character = text[at] ?? ' ';
    const isDigit = character >= '0' && character <= '9';
    switch (kind) {
      case 'digit':
        if (!isDigit) return false;
        begun = true;
        break;
      case 'suppressed':
        if (isDigit) begun = true;
        else if (begun || character !== (symbol === '*' ? '*' : ' ')) return false;
        break;
      case 'floating':
        if (isDigit) {
          if (at === 0) return false;
          begun = true;
        } else if (character !== ' ') {
          if (begun || signed || !isSignOf(symbol, character)) return false;
          signed = true;
        } else if (begun || signed) return false;
        break;
      case 'point':
        if (character !== symbol) return false;
        begun = true;
        break;
      case 'mark':
        if (character === symbol ? !begun : begun || !isBefore(places, at, character, signed)) return false;
        if (character !== ' ' && character !== symbol && character !== '*') signed = true;
        break;
      case 'sign':
        if (symbol === '+' ? character !== '+' && character !== '-' : character !== ' ' && character !== '-')
          return false;
        break;
      case 'currency':
        if (character !== symbol) return false;
        break;
      case 'letters':
        break;
    }
  }
  return lettersFit(places, text) && currencyFits(places, text);
}

/** + shows either sign, - only a minus, and a currency mark itself. */
const isSignOf = (symbol: string, character: string): boolean =>
  symbol === '+' ? character === '+' || character === '-' : character === symbol;

/** A mark before the first digit is replaced by a blank, an asterisk or a floating sign. */
function isBefore(places: readonly Place[], at: number, character: string, signed: boolean): boolean {
  const [before] = places.slice(0, at).filter(({ kind }) => kind === 'suppressed' || kind === 'floating');
  if (before === undefined) return false;
  if (before.symbol === '*') return character === '*';
  if (character === ' ') return !signed;
  return before.kind === 'floating' && !signed && isSignOf(before.symbol, character);
}

/** CR and DB are present whole or not at all. */
function lettersFit(places: readonly Place[], text: string): boolean {
  const picture = places.flatMap(({ kind, symbol }) => (kind === 'letters' ? symbol : [])).join('');
  const shown = places.flatMap(({ kind }, at) => (kind === 'letters' ? (text[at] ?? '') : [])).join('');
  return shown === picture || shown.trim() === '';
}

/** A floating + or currency mark is always shown. */
function currencyFits(places: readonly Place[], text: string): boolean {
  const floating = places.find(({ kind }) => kind === 'floating')?.symbol;
  if (floating === undefined || floating === '-') return true;
  return [...text].some((character) => isSignOf(floating, character));
}

/** A zero of asterisks alone: everything but the point. */
const isAsteriskZero = (places: readonly Place[], text: string): boolean =>
  places.every(({ kind, symbol }, at) => {
    const character = text[at] ?? ' ';
    if (kind === 'point') return character === symbol;
    if (kind === 'sign' || kind === 'letters')
      return character === ' ' || character === '+' || character === '*';
    return character === '*' || (kind === 'currency' && character === symbol);
  });
