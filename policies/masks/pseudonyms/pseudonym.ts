import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { valueTypes } from '../rows/fieldPath.ts';
import { canonicalIdentifier } from './canonicalIdentifier.ts';
import { hmacText } from './hmacText.ts';
import { defineMask, sameMask, type MaskRun } from '../mask.ts';

const params = {
  /** what is named: the same domain gives the same pseudonym in every dataset of one consumer */
  domain: { kind: 'slug' },
  /** absent = the one that the domain issues at the time */
  epoch: { kind: 'integer', min: 1, max: 9999, optional: true },
  algorithm: { kind: 'choice', of: ['sha256', 'sm3'], default: 'sha256' },
} as const;

const characters = 22;
/** values an exchange remembers at a time, so that an export of millions of rows does not keep them all */
const mostRemembered = 10_000;

function memoOf({ memo }: MaskRun, path: string): Map<string, string> {
  let known = memo.get(path);
  if (known === undefined) {
    known = new Map<string, string>();
    memo.set(path, known);
  }
  if (known.size >= mostRemembered) known.clear();
  return known;
}

/** Whether an empty text fits a field: none has a format. */
function mayBeEmpty(schema: JsonSchema): boolean {
  const { format, minLength, pattern } = schema;
  const named: unknown = schema['enum'] ?? ('const' in schema ? [schema['const']] : undefined);
  if (Array.isArray(named) && !named.includes('')) return false;
  const short = minLength === undefined || minLength === 0;
  const fits = typeof pattern !== 'string' || new RegExp(pattern, 'u').test('');
  return valueTypes(schema).includes('string') && format === undefined && short && fits;
}

/**
 * HMAC of the canonical value under a key of (consumer, domain, epoch): equal within them, unlinkable outside. The epoch stands in the
 * value: `p1.` and the first 22 base64url characters of the HMAC (132 bits). An empty text is no value and stays empty, as under every
 * mask: under a pseudonym all who have none would be one and the same.
 */
export const pseudonym = defineMask({
  name: 'pseudonym',
  title: { zh: '假名', en: 'pseudonym' },
  types: ['string', 'integer'],
  params,
  compile: ({ domain, epoch, algorithm }, { consumer, keys, path }) => {
    const makers = new Map<number, (text: string) => string>();
    const makerOf = (issued: number): ((text: string) => string) => {
      let maker = makers.get(issued);
      if (maker === undefined) {
        const hmac = hmacText(algorithm as 'sha256' | 'sm3', keys.pseudonym(consumer, domain, issued));
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
    const theirs = sameMask<typeof params>('pseudonym', other);
    if (theirs === undefined) return undefined;
    const same =
      mine.domain === theirs.domain && mine.epoch === theirs.epoch && mine.algorithm === theirs.algorithm;
    return same ? other : undefined;
  },
  reveals: ({ domain, epoch }) => ({
    zh: `同一需求部门、领域“${domain}”、${epoch === undefined ? '同一期' : `第 ${epoch} 期`}内值是否相同（空文本仍是空文本）`,
    en: `whether two values are equal, for one consumer within domain "${domain}" and ${epoch === undefined ? 'one epoch' : `epoch ${epoch}`} (an empty text stays empty)`,
  }),
});
