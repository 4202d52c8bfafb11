/** Names of administrative divisions (GB/T 2260: two digits a level), by code or at the beginning of an address. */
import type { Dictionary } from '../mask.ts';

/** Coarsest first. */
export const levels = ['province', 'city', 'county'] as const;
export type Level = (typeof levels)[number];

export interface Divisions {
  /** Names from the province down to the level, as far as the dictionary has them; '' for an unknown code. */
  byCode(code: unknown, level: Level): string;
  /** The names an address begins with, down to the level; '' when it begins with none. */
  byText(address: string, level: Level): string;
}

interface Named {
  readonly code: string;
  readonly name: string;
  readonly inForce: boolean;
}

/** Cached by dictionary: supplements of one hub's lists must not affect another's. */
const cache = new WeakMap<Dictionary, Map<string, Divisions>>();

/** @param list id of a code list; an unknown list knows no division, so that every address is hidden whole */
export function divisionsOf(dictionary: Dictionary, list: string): Divisions {
  const found = dictionary.list(list);
  if (found === undefined) return { byCode: () => '', byText: () => '' };
  const byList = cache.get(dictionary) ?? new Map<string, Divisions>();
  cache.set(dictionary, byList);
  const divisions =
    byList.get(list) ?? build(found.entries, (code) => dictionary.entries(list, code).at(-1)?.zh);
  byList.set(list, divisions);
  return divisions;
}

/** Whether a name is a placeholder: «市辖区» and the like are a level between a municipality and its districts and occur in no address. */
const isPlaceholder = (name: string): boolean =>
  name === '市辖区' || name === '县' || name.endsWith('直辖县级行政区划');

const levelOfCode = (code: string): Level =>
  code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'city' : 'county';

function build(
  entries: readonly { readonly code: string; readonly zh: string; readonly to?: string }[],
  nameOf: (code: string) => string | undefined,
): Divisions {
  const named: readonly Named[] = entries
    .filter((entry) => /^\d{6}$/.test(entry.code) && !isPlaceholder(entry.zh))
    .map((entry) => ({ code: entry.code, name: entry.zh, inForce: entry.to === undefined }));
  const starting = new Map<string, Named[]>();
  for (const one of named) {
    const key = one.name.slice(0, 2);
    starting.set(key, [...(starting.get(key) ?? []), one]);
  }
  // 亳州市 was a county before it became a city, 石河子市 the reverse: of two divisions with one name the one in force counts
  for (const group of starting.values())
    group.sort((a, b) => b.name.length - a.name.length || Number(b.inForce) - Number(a.inForce));
  return {
    byCode: (code, level) => (typeof code === 'string' ? namesOfCode(code, level, nameOf) : ''),
    byText: (address, level) => namesOfText(address, level, starting),
  };
}

function namesOfCode(code: string, level: Level, nameOf: (code: string) => string | undefined): string {
  if (!/^\d{6}(?:\d{3}){0,2}$/.test(code)) return '';
  const six = code.slice(0, 6);
  const codes = [`${six.slice(0, 2)}0000`, `${six.slice(0, 4)}00`, six].slice(0, levels.indexOf(level) + 1);
  const names = [...new Set(codes)].map(nameOf);
  return names.filter((name) => name !== undefined && !isPlaceholder(name)).join('');
}

/** One name a level, each below the one before it; an address may leave out upper levels. */
function namesOfText(address: string, level: Level, starting: ReadonlyMap<string, readonly Named[]>): string {
  let rest = address;
  let shown = '';
  let above: Named | undefined;
  for (;;) {
    const next = (starting.get(rest.slice(0, 2)) ?? []).find(
      (one) => rest.startsWith(one.name) && isBelow(one, above),
    );
    if (next === undefined) return shown;
    if (levels.indexOf(levelOfCode(next.code)) > levels.indexOf(level)) return shown;
    shown += next.name;
    rest = rest.slice(next.name.length);
    above = next;
  }
}

function isBelow(one: Named, above: Named | undefined): boolean {
  if (above === undefined) return true;
  const prefix = levelOfCode(above.code) === 'province' ? 2 : 4;
  return (
    levels.indexOf(levelOfCode(one.code)) > levels.indexOf(levelOfCode(above.code)) &&
    one.code.startsWith(above.code.slice(0, prefix))
  );
}
