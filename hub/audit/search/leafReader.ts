/**
 * Leaves of one kind of call by one department say the same but for a few members: its time, its id, the case. What a leaf was read from
 * is kept as the bytes around these, and of the next one that has the same bytes there only they are read. Everything else is read the
 * long way, so the outcome is always that of `leafIn`.
 */
import { canonicalJson, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { dayOf, type Dimension } from '../../../log/entryQuestion.ts';
import { longestLeaf } from '../../../log/leafBytes.ts';
import { idForm } from '../../../log/parseLeaf.ts';
import { isMoment, leafIn } from './leafIn.ts';

/** A leaf from its bytes, undefined where they are none any more. Leaves share what they have in common: it is not to be changed. */
export type LeafReader = (bytes: Uint8Array) => ReadLeaf;

export interface ReadLeaf {
  readonly leaf: Leaf | undefined;
  /** a leaf that says the same but for what differs from one to the next; the same object for all that are alike */
  readonly like: Leaf | undefined;
}

/** Forms that are kept; of more those are forgotten that were not met for the longest time. */
const mostForms = 512;
/** Forms whose leaves begin alike: each is held against a leaf before it is read the long way. */
const mostAlike = 16;
/** Leaves to one form that is learned, once as many were learned as are kept: learning costs what reading some leaves the long way does. */
const toLearn = 32;

type Kind = 'text' | 'whole' | 'id' | 'time';

/** What an entry is found by and those that are alike differ in: the words of the members below. */
export const differing: ReadonlySet<Dimension> = new Set(['day', 'matter', 'official'] as const);

/** Tells these alone. */
export function eachDiffering(leaf: Leaf, tell: (dimension: Dimension, value: string) => void): void {
  tell('day', dayOf(leaf.at));
  if (leaf.matter !== undefined) tell('matter', leaf.matter);
  if (leaf.onBehalfOf !== undefined) tell('official', leaf.onBehalfOf);
}

/** What differs from one to the next. */
const varying: readonly (readonly [kind: Kind, member: keyof Leaf, inner?: string])[] = [
  ['time', 'at'],
  ['id', 'id'],
  ['text', 'approval', 'number'],
  ['text', 'approval', 'sha256'],
  ['text', 'matter'],
  ['text', 'onBehalfOf'],
  ['text', 'private'],
  ['text', 'reply'],
  ['text', 'request'],
  ['whole', 'asked'],
  ['whole', 'rows', 'delivered'],
  ['whole', 'rows', 'withheld'],
  ['text', 'stream', 'id'],
  ['whole', 'stream', 'parts'],
  ['whole', 'stream', 'rows'],
  ['whole', 'stream', 'bytes'],
  ['text', 'subjects', 'commitment'],
  ['whole', 'subjects', 'count'],
];

type Members = Record<string, unknown>;

interface Slot {
  readonly kind: Kind;
  readonly member: string;
  readonly inner: string | undefined;
}

interface Form {
  /** the bytes before, between and behind the slots, a sign each */
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
  /** members of which something differs */
  readonly outer: readonly string[];
  readonly example: Leaf;
}

/** Forms whose leaves begin alike, what was met last first. */
interface Alike {
  readonly forms: Form[];
  /** leaves there were when one of them was met */
  met: number;
}

/** Remembers forms for as long as it lives. */
export function leafReader(): LeafReader {
  const known = new Map<string, Alike>();
  let count = 0;
  let leaves = 0;
  let latest: Form | undefined;
  /** leaves for which something may be learned: where no two are alike, hardly anything is learned for nothing */
  let credit = mostForms * toLearn;

  function learn(key: string, form: Form): void {
    const alike = known.get(key) ?? { forms: [], met: leaves };
    known.set(key, alike);
    count += 1 - alike.forms.splice(mostAlike - 1).length;
    alike.forms.unshift(form);
    alike.met = leaves;
    while (count > mostForms) {
      const [oldest, gone] = [...known].reduce((one, other) => (other[1].met < one[1].met ? other : one));
      known.delete(oldest);
      count -= gone.forms.length;
    }
  }

  return (given) => {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.length);
    if (bytes.length > longestLeaf) return { leaf: leafIn(given), like: undefined };
    leaves += 1;
    if (credit < mostForms * toLearn) credit += 1;
    const text = bytes.toString('latin1');
    const same = latest && readBy(latest, bytes, text);
    if (same !== undefined) return { leaf: same, like: latest?.example };
    const key = beginningOf(text);
    const alike = known.get(key);
    for (const [nth, form] of alike?.forms.entries() ?? []) {
      const leaf = readBy(form, bytes, text);
      if (leaf === undefined || alike === undefined) continue;
      alike.met = leaves;
      if (nth > 0) alike.forms.unshift(...alike.forms.splice(nth, 1));
      latest = form;
      return { leaf, like: form.example };
    }
    const leaf = leafIn(given);
    if (leaf === undefined || !isLearned(leaf) || credit < toLearn) return { leaf, like: undefined };
    credit -= toLearn;
    const form = formOf(leaf, bytes, text);
    if (form === undefined) return { leaf, like: undefined };
    learn(key, form);
    latest = form;
    return { leaf, like: form.example };
  };
}

/** Calls for data alone: of acts hardly two are alike. */
const isLearned = (leaf: Leaf): boolean =>
  leaf.kind === 'release' && leaf.claimedDepartment === undefined && leaf.claimedKeyid === undefined;

/** What stands before all that differs: who called, under which agreement. */
function beginningOf(text: string): string {
  const head = text.slice(0, Math.max(0, text.indexOf('"at":"')));
  const ends = [head.indexOf('"approval":{'), head.indexOf('"asked":')].filter((at) => at >= 0);
  return head.slice(0, Math.min(head.length, ...ends));
}

function formOf(leaf: Leaf, bytes: Buffer, text: string): Form | undefined {
  // marks of what differs, by signs that no leaf has that is taken
  if (bytes.includes('\ue000')) return undefined;
  const copy: Members = { ...leaf };
  const slots: Slot[] = [];
  for (const [kind, member, inner] of varying) {
    const whole = copy[member];
    if (whole === undefined) continue;
    const mark = `\ue000${kind === 'whole' ? '#' : ''}${slots.length}\ue000`;
    if (inner === undefined) copy[member] = mark;
    else if ((whole as Members)[inner] === undefined) continue;
    else copy[member] = { ...(whole as Members), [inner]: mark };
    slots.push({ kind, member, inner });
  }
  const parts = canonicalJson(copy as { readonly [name: string]: CanonicalValue }).split(
    /"\ue000#(\d+)\ue000"|\ue000(\d+)\ue000/,
  );
  const form: Form = {
    pieces: parts
      .filter((_, nth) => nth % 3 === 0)
      .map((piece) => Buffer.from(piece, 'utf8').toString('latin1')),
    slots: parts.flatMap((number, nth) => (nth % 3 === 0 ? [] : (slots[Number(number)] ?? []))),
    outer: [...new Set(slots.flatMap(({ member, inner }) => (inner === undefined ? [] : [member])))],
    example: leaf,
  };
  return readBy(form, bytes, text) === undefined ? undefined : form;
}

/** The leaf, undefined where its bytes are not of this form. @param text the bytes, a sign each */
function readBy({ pieces, slots, outer, example }: Form, bytes: Buffer, text: string): Leaf | undefined {
  // first where everything stands, then what stands there: most that is not of this form is told by the first
  const places: number[] = [];
  let at = 0;
  for (let nth = 0; ; nth += 1) {
    const piece = pieces[nth] ?? '';
    // cut and compared as a whole: faster than `startsWith`, which goes from sign to sign
    if (text.slice(at, at + piece.length) !== piece) return undefined;
    at += piece.length;
    const slot = slots[nth];
    if (slot === undefined) break;
    const from = at;
    at = slot.kind === 'whole' ? wholeEnd(text, at) : text.indexOf('"', at);
    if (at < 0) return undefined;
    places.push(from, at);
  }
  if (at !== text.length) return undefined;
  const values: (string | number)[] = [];
  for (let nth = 0; nth < slots.length; nth += 1) {
    // copied: a cut of the text would keep all of it in memory
    const value = valueOf(slots[nth]?.kind ?? 'text', bytes, places[2 * nth] ?? 0, places[2 * nth + 1] ?? 0);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const leaf: Members = { ...example };
  for (const member of outer) leaf[member] = { ...(leaf[member] as Members) };
  for (let nth = 0; nth < slots.length; nth += 1) {
    const slot = slots[nth];
    if (slot === undefined) continue;
    if (slot.inner === undefined) leaf[slot.member] = values[nth];
    else (leaf[slot.member] as Members)[slot.inner] = values[nth];
  }
  return leaf as unknown as Leaf;
}

/** Where the digits end. */
function wholeEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at += 1;
  return at;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** What needs neither an escape nor more than a byte a sign. */
const plain = /^[ !#-[\]-~]*$/;
/** Needs an escape. */
const escaped = /[\u0000-\u001f\\]/;
const exactly = {
  id: new RegExp(`^${idForm}$`),
  /** as canonical JSON writes it; of more digits it may not be a safe one */
  whole: /^(?:0|[1-9]\d{0,14})$/,
};

/** What stands in a slot, undefined for what only the long way reads. */
function valueOf(kind: Kind, bytes: Buffer, from: number, to: number): string | number | undefined {
  const value = bytes.toString('latin1', from, to);
  if (kind !== 'text') {
    if (kind === 'time' ? !isMoment(value) : !exactly[kind].test(value)) return undefined;
    return kind === 'whole' ? Number(value) : value;
  }
  if (plain.test(value)) return value;
  if (escaped.test(value)) return undefined;
  try {
    return decoder.decode(bytes.subarray(from, to));
  } catch {
    return undefined;
  }
}
