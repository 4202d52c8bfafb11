import { createHmac } from 'node:crypto';
import { canonicalIdentifier } from './canonicalIdentifier.ts';
import { defineMask, sameMask } from './mask.ts';

const params = {
  /** what is named: the same domain gives the same pseudonym in every dataset of one consumer */
  domain: { kind: 'slug' },
  epoch: { kind: 'integer', min: 1, max: 9999, default: 1 },
  algorithm: { kind: 'choice', of: ['sha256', 'sm3'], default: 'sha256' },
} as const;

/**
 * HMAC of the canonical value under a key of (consumer, domain, epoch): equal within them, unlinkable outside. The epoch stands in the
 * value: `p1.` and 128 bits as 22 base64url characters.
 */
export const pseudonym = defineMask({
  name: 'pseudonym',
  title: { zh: '假名', en: 'pseudonym' },
  types: ['string', 'integer'],
  params,
  compile: ({ domain, epoch, algorithm }, { consumer, keys, path }) => {
    const key = keys.pseudonym(consumer, domain, epoch);
    const prefix = `p${epoch}.`;
    return (value, _row, run) => {
      let memo = run.memo.get(path);
      if (memo === undefined) {
        memo = new Map<string, string>();
        run.memo.set(path, memo);
      }
      const text = typeof value === 'string' ? value : String(value);
      let name = memo.get(text);
      if (name === undefined) {
        const mac = createHmac(algorithm, key).update(canonicalIdentifier(text)).digest();
        name = prefix + mac.toString('base64url', 0, 16);
        memo.set(text, name);
      }
      return name;
    };
  },
  output: (_schema, { epoch }) => ({ type: 'string', pattern: `^p${epoch}\\.[A-Za-z0-9_-]{22}$` }),
  meet: (mine, other) => {
    const theirs = sameMask<typeof params>('pseudonym', other);
    if (theirs === undefined) return undefined;
    const same =
      mine.domain === theirs.domain && mine.epoch === theirs.epoch && mine.algorithm === theirs.algorithm;
    return same ? other : undefined;
  },
  reveals: ({ domain, epoch }) => ({
    zh: `同一需求部门、领域“${domain}”、第 ${epoch} 期内值是否相同`,
    en: `whether two values are equal, for one consumer within domain "${domain}" and epoch ${epoch}`,
  }),
});
