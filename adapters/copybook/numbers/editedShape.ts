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
    return fits(places, text) || (asterisks && isAsteriskZero(places, text));
  };
}

const kinds: Readonly<Record<string, Place['kind']>> = {
  '9': 'digit',
  Z: 'suppressed',
  '*': 'suppressed',
  ',': 'mark',
  '.': 'mark',
  '+': 'sign',
  '-': 'sign',
};

function placesOf(symbols: string, point: string): Place[] {
  const body = symbols.replaceAll(/[VP]/g, '');
  const floating = floatingSymbol(symbols);
  return [...body].map((symbol, at): Place => {
    const next = body[at + 1] ?? '';
    const previous = body[at - 1] ?? '';
    const isLetter = [symbol + next, previous + symbol].some((pair) => pair === 'CR' || pair === 'DB');
    if (isLetter) return { kind: 'letters', symbol };
    if (symbol === point) return { kind: 'point', symbol };
    if (symbol === floating) return { kind: 'floating', symbol };
    return { kind: kinds[symbol] ?? 'currency', symbol };
  });
}

/** The sign or currency mark that occurs more than once. */
function floatingSymbol(symbols: string): string | undefined {
  return ['+', '-', '$', '¥', '￥'].find((symbol) => symbols.split(symbol).length > 2);
}

/** What was read so far of an edited number. */
interface Progress {
  /** a digit or the decimal point was read: suppression has ended */
  begun: boolean;
  /** a floating sign was shown: a digit must follow */
  signed: boolean;
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

function fits(places: readonly Place[], text: string): boolean {
  const progress: Progress = { begun: false, signed: false };
  for (const at of places.keys()) if (!fitsAt(places, at, text[at] ?? ' ', progress)) return false;
  return lettersFit(places, text) && currencyFits(places, text);
}

/** Whether the character may be at its place; notes what was begun. */
function fitsAt(places: readonly Place[], at: number, character: string, progress: Progress): boolean {
  const place = places[at];
  if (place === undefined) return false;
  const { kind, symbol } = place;
  switch (kind) {
    case 'digit':
      progress.begun = true;
      return isDigit(character);
    case 'suppressed':
      if (!isDigit(character)) return !progress.begun && character === (symbol === '*' ? '*' : ' ');
      progress.begun = true;
      return true;
    case 'floating':
      return fitsFloating(symbol, at, character, progress);
    case 'point':
      progress.begun = true;
      return character === symbol;
    case 'mark':
      return fitsMark(places, at, character, progress);
    case 'sign':
      return character === '-' || character === (symbol === '+' ? '+' : ' ');
    case 'currency':
      return character === symbol;
    case 'letters':
      return true;
  }
}

function fitsFloating(symbol: string, at: number, character: string, progress: Progress): boolean {
  if (isDigit(character)) {
    progress.begun = true;
    return at > 0;
  }
  if (progress.begun || progress.signed) return false;
  if (character === ' ') return true;
  progress.signed = true;
  return isSignOf(symbol, character);
}

function fitsMark(places: readonly Place[], at: number, character: string, progress: Progress): boolean {
  const symbol = places[at]?.symbol;
  if (character === symbol) return progress.begun;
  if (progress.begun || !isBefore(places, at, character, progress.signed)) return false;
  if (character !== ' ' && character !== '*') progress.signed = true;
  return true;
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
