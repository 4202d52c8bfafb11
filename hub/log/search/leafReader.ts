/**
 * Leaves of one kind of call by one department differ only in a few members: time, id, case. The reader stores a leaf as the constant
 * bytes around these members. If the next leaf has the same constant bytes, only the differing members are read. Any other leaf is parsed
 * in full, so the result always equals that of `leafIn`.
 */
import { canonicalJson, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import type { Leaf } from '../../../log/leaf.ts';
import type { Dimension } from '../../../log/entryQuestion.ts';
import { maxLeafLength } from '../../../log/leafBytes.ts';
import { leafIn, type FollowedLeaf } from './leaves.ts';
import { KnownForms } from './knownForms.ts';
import type { Placed } from './packedForm.ts';
import { isFollowed, valueOf, varying, type Slot } from './slotValues.ts';

/** Returns a leaf from its bytes, undefined if they are not a valid leaf. Leaves share common members and must not be changed. */
type LeafReader = (bytes: Uint8Array) => ReadLeaf;

interface ReadLeaf {
  readonly leaf: Leaf | undefined;
  /** a leaf that equals this one except for the differing members; the same object for all leaves of one form */
  readonly like: Leaf | undefined;
  /** positions of the differing members, for a leaf that was read by its form */
  readonly placed?: () => readonly Placed[];
}

/** Search dimensions in which leaves of one form differ: the words of the members below. */
export const differing: ReadonlySet<Dimension> = new Set(['day', 'matter', 'official'] as const);

/** Reports only these. */
export function eachDiffering(
  leaf: FollowedLeaf,
  day: string,
  tell: (dimension: Dimension, value: string) => void,
): void {
  tell('day', day);
  if (leaf.matter !== undefined) tell('matter', leaf.matter);
  if (leaf.onBehalfOf !== undefined) tell('official', leaf.onBehalfOf);
}

type Members = Record<string, unknown>;

interface Form {
  /** the bytes before, between and after the slots, one character per byte */
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
  /** members in which something differs */
  readonly outer: readonly string[];
  readonly example: Leaf;
}

/** Remembers forms for the lifetime of the reader. */
export function leafReader(): LeafReader {
  const known = new KnownForms<string, Form>({ maxForms: 512, alike: 16, toLearn: 32 });
  return (given) => {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.length);
    if (bytes.length > maxLeafLength) return { leaf: leafIn(given), like: undefined };
    const text = bytes.toString('latin1');
    const read = (form: Form): ReadLeaf | undefined => readBy(form, bytes, text);
    const same = known.asBefore(read);
    if (same !== undefined) return same;
    const key = beginningOf(text);
    const alike = known.find(key, read);
    if (alike !== undefined) return alike;
    const leaf = leafIn(given);
    if (leaf === undefined || !isLearned(leaf)) return { leaf, like: undefined };
    const form = known.learn(key, () => formOf(leaf, bytes, text));
    return { leaf, like: form?.example };
  };
}

/** Only calls for data are learned: acts rarely repeat a form. */
const isLearned = (leaf: Leaf): boolean =>
  leaf.kind === 'release' && leaf.claimedDepartment === undefined && leaf.claimedKeyid === undefined;

/** The text before the first difference: the caller and the agreement. */
function beginningOf(text: string): string {
  const head = text.slice(0, Math.max(0, text.indexOf('"at":"')));
  const ends = [head.indexOf('"approval":{'), head.indexOf('"asked":')].filter((at) => at >= 0);
  return head.slice(0, Math.min(head.length, ...ends));
}

function formOf(leaf: Leaf, bytes: Buffer, text: string): Form | undefined {
  // marks differences with characters that do not occur in leaves; a leaf that contains them is not learned
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
    slots.push({ kind, member, inner, isFollowed: isFollowed(member, inner) });
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

/** The leaf, undefined if its bytes do not have this form. @param text the bytes, one character per byte */
function readBy(form: Form, bytes: Buffer, text: string): ReadLeaf | undefined {
  const { pieces, slots, example } = form;
  // positions first, then values: the first position already excludes most leaves of other forms
  const places: number[] = [];
  let at = 0;
  for (let nth = 0; ; nth += 1) {
    const piece = pieces[nth] ?? '';
    // cut and compared as a whole: faster than `startsWith`, which compares character by character
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
    // copied: a slice would retain the whole text in memory
    const signs = bytes.toString('latin1', places[2 * nth], places[2 * nth + 1]);
    const value = valueOf(slots[nth]?.kind ?? 'text', signs);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const placed = (): Placed[] =>
    slots.map((slot, nth) => ({ slot, from: places[2 * nth] ?? 0, to: places[2 * nth + 1] ?? 0 }));
  return { leaf: leafWith(form, values), like: example, placed };
}

/** The example with the values of its slots. */
function leafWith({ slots, outer, example }: Form, values: readonly (string | number)[]): Leaf {
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

/** The end of the digits. */
function wholeEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at += 1;
  return at;
}
