import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { valueTypes } from '../rows/fieldPath.ts';
import { defineMask, sameMask, type MaskRun } from '../mask.ts';
import { createHmac, hash } from 'node:crypto';
import { block, longest, padded } from '../../../log/hmac.ts';

/**
 * HMAC (RFC 2104) of texts under one key, as base64url or hex: H((K ⊕ opad) ‖ H((K ⊕ ipad) ‖ text)). It uses two one-shot hashes over
 * buffers that hold the padded key. This takes half the time of createHmac, whose set-up costs more than hashing an identifier. SHA-256 and
 * SM3 both have blocks of 64 bytes.
 * @param key at most 64 bytes
 */
export function hmacText(
  algorithm: 'sha256' | 'sm3',
  key: Uint8Array,
  encoding: 'base64url' | 'hex' = 'base64url',
): (text: string) => string {
  const inner = padded(key, 0x36, longest);
  const outer = padded(key, 0x5c, hashBytes);
  const views = Array.from({ length: longest + 1 }, (_, length) => inner.subarray(0, block + length));
  return (text) => {
    const { length } = text;
    if (length > longest / 3) return createHmac(algorithm, key).update(text).digest(encoding);
    let used = length;
    // for texts this short, this loop is faster than a native call
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 126) {
        used = inner.write(text, block, 'utf8');
        break;
      }
      inner[block + i] = code;
    }
    const first = hash(algorithm, views[used] ?? inner, 'binary');
    for (let i = 0; i < hashBytes; i += 1) outer[block + i] = first.charCodeAt(i);
    return hash(algorithm, outer, encoding);
  };
}

/** of both algorithms */
const hashBytes = 32;

const formatCharacters = /\p{Cf}|\p{Variation_Selector}/gu;

const dots = /[\u2022\u30fb\uff0e\u2027\u22c5\u00b7]/g;

const ascii = /^[\x20-\x7e]*$/;

const idWithSmallX = /^\d{17}x$/;

const withLargeX = (text: string): string =>
  text.length === 18 && idWithSmallX.test(text) ? text.toUpperCase() : text;

/** Whether a text is printable ASCII without a space at either end: already canonical, except for a small x. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 126 || code < 33) return false;
  }
  return true;
}

/**
 * Maps spellings of one value to one form: for keys only, never for output. Full-width digits and letters become ASCII (NFKC), names are
 * composed (NFC), and invisible characters are removed. The five dots between given and family names become one.
 */
function canonicalIdentifier(text: string): string {
  if (isPlain(text)) return withLargeX(text);
  const visible = text.replace(formatCharacters, '');
  const wide = visible.normalize('NFKC').trim();
  if (ascii.test(wide)) return withLargeX(wide);
  return visible.normalize('NFC').replace(dots, '·').trim();
}

const params = {
  /** the kind of thing named: the same domain gives one consumer the same pseudonym in every dataset of the mask's scope */
  domain: { kind: 'slug' },
  /** absent = the one that the domain issues at the time */
  epoch: { kind: 'integer', min: 1, max: 9999, optional: true },
  algorithm: { kind: 'choice', of: ['sha256', 'sm3'], default: 'sha256' },
} as const;

const characters = 22;
/** values cached by an exchange at a time, so that an export of millions of rows does not hold them all in memory */
const maxRemembered = 10_000;

function memoOf({ memo }: MaskRun, path: string): Map<string, string> {
  let known = memo.get(path);
  if (known === undefined) {
    known = new Map<string, string>();
    memo.set(path, known);
  }
  if (known.size >= maxRemembered) known.clear();
  return known;
}

/** Whether an empty text is valid for a field: only where it has no format. */
function mayBeEmpty(schema: JsonSchema): boolean {
  const { format, minLength, pattern } = schema;
  const named: unknown = schema['enum'] ?? ('const' in schema ? [schema['const']] : undefined);
  if (Array.isArray(named) && !named.includes('')) return false;
  const short = minLength === undefined || minLength === 0;
  const fits = typeof pattern !== 'string' || new RegExp(pattern, 'u').test('');
  return valueTypes(schema).includes('string') && format === undefined && short && fits;
}

/**
 * HMAC of the canonical value under a key of (consumer, domain, epoch, scope): equal within them, unlinkable outside. The value contains
 * the epoch: `p1.` and the first 22 base64url characters of the HMAC (132 bits). An empty text is no value and stays empty, as under every
 * mask: otherwise all subjects without a value would share one pseudonym.
 */
export const pseudonym = defineMask({
  name: 'pseudonym',
  title: { zh: '假名', en: 'pseudonym' },
  examples: [
    {
      params: { domain: 'person', epoch: 1 },
      value: '11010519491231002X',
      becomes: 'p1.zYtqB_15vFOI0pH4vQ3Ncm',
    },
  ],
  types: ['string', 'integer'],
  params,
  compile: ({ domain, epoch, algorithm }, { consumer, keys, path, scope }) => {
    const makers = new Map<number, (text: string) => string>();
    const makerOf = (issued: number): ((text: string) => string) => {
      let maker = makers.get(issued);
      if (maker === undefined) {
        const hmac = hmacText(algorithm as 'sha256' | 'sm3', keys.pseudonym(consumer, domain, issued, scope));
        maker = (text) => `p${issued}.${hmac(canonicalIdentifier(text)).slice(0, characters)}`;
        makers.set(issued, maker);
      }
      return maker;
    };
    return (value, _row, run) => {
      const memo = memoOf(run, path);
      const text = typeof value === 'string' ? value : String(value);
      let name = memo.get(text);
      if (name === undefined) {
        name = makerOf(epoch ?? keys.issuing?.(domain, run.now) ?? 1)(text);
        memo.set(text, name);
      }
      return name;
    };
  },
  output: (schema, { epoch }) => {
    const name = `p${epoch ?? '[1-9][0-9]{0,3}'}\\.[A-Za-z0-9_-]{22}`;
    return { type: 'string', pattern: mayBeEmpty(schema) ? `^(?:${name})?$` : `^${name}$` };
  },
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('pseudonym', other);
    if (otherParams === undefined) return undefined;
    const same =
      mine.domain === otherParams.domain &&
      mine.epoch === otherParams.epoch &&
      mine.algorithm === otherParams.algorithm;
    return same ? other : undefined;
  },
  reveals: ({ domain, epoch }) => ({
    zh: `同一需求部门、领域“${domain}”、${epoch === undefined ? '同一期' : `第 ${epoch} 期`}内值是否相同（空文本仍是空文本）`,
    en: `whether two values are equal, for one consumer within domain "${domain}" and ${epoch === undefined ? 'one epoch' : `epoch ${epoch}`} (an empty text stays empty)`,
  }),
});

/** Rotation of pseudonym keys: pseudonyms are issued under the newest epoch alone. Each value contains its epoch. */
export interface PseudonymEpoch {
  readonly epoch: number;
  /** Unix milliseconds from which it is issued */
  readonly from: number;
}

/** The epoch issued at a time; 1 before the first one begins. @param schedule in any order */
export function issuedEpoch(schedule: readonly PseudonymEpoch[], now: number): number {
  return newestFirst(schedule, now)[0]?.epoch ?? 1;
}

function newestFirst(schedule: readonly PseudonymEpoch[], now: number): readonly PseudonymEpoch[] {
  return schedule.filter((one) => one.from <= now).sort((a, b) => b.from - a.from);
}
