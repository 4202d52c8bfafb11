/**
 * The speed of a core relative to the machine on which time limits were set (bench/README.md). Two machines of one kind differ by more than
 * a factor of two between days, so limits in milliseconds would measure the machine.
 */
import { sign, verify, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { newKeyPair, newNotePair, newRsaPair } from '../machine/newKeyPair.ts';

const text = Buffer.alloc(200, 'a');
const pairs = { ed25519: newNotePair(), p256: newKeyPair(), rsa3072: newRsaPair(3072) };
type Kind = keyof typeof pairs;

const hash = (kind: Kind): string | null => (kind === 'ed25519' ? null : 'sha256');
const inPlain = (key: KeyObject): SignKeyObjectInput => ({ key, dsaEncoding: 'ieee-p1363' });
const signed = (kind: Kind): Buffer => sign(hash(kind), text, inPlain(pairs[kind].privateKey));
const signatures: Readonly<Record<Kind, Buffer>> = {
  ed25519: signed('ed25519'),
  p256: signed('p256'),
  rsa3072: signed('rsa3072'),
};
const verified = (kind: Kind): boolean =>
  verify(hash(kind), text, inPlain(pairs[kind].publicKey), signatures[kind]);

/** Each with the µs that it took there, the least of twelve blocks. */
const works: readonly { readonly once: () => unknown; readonly took: number }[] = [
  { once: () => verified('ed25519'), took: 61 },
  { once: () => verified('p256'), took: 45 },
  { once: () => verified('rsa3072'), took: 31 },
  { once: () => signed('ed25519'), took: 22 },
  { once: () => signed('p256'), took: 18.5 },
  { once: () => signed('rsa3072'), took: 1_336 },
];
const blocks = 12;
/** Duration of a block there, in µs. */
const block = 10_000;

/** Ratio of the duration of some milliseconds of arithmetic here and there: the geometric mean of signatures and verifications. */
export function slowness(): number {
  let logarithms = 0;
  for (const { once, took } of works) {
    const times = Math.ceil(block / took);
    let least = Infinity;
    for (let nth = 0; nth < blocks; nth += 1) {
      const begun = performance.now();
      for (let more = times; more > 0; more -= 1) once();
      least = Math.min(least, ((performance.now() - begun) * 1000) / times);
    }
    logarithms += Math.log(least / took);
  }
  return Math.exp(logarithms / works.length);
}
