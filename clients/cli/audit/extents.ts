/** How far the parts of kept exchanges were checked, in words: a person must see what nobody looked at. */
import type { Extent, ExchangeCheck } from '../../../log/receipt/verifyExchange.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';

const words: Readonly<Record<Extent, Bilingual>> = {
  absent: { zh: '未给出', en: 'not there' },
  failed: { zh: '不成立', en: 'does not hold' },
  body: { zh: '仅正文与条目相符', en: 'its body alone agrees with the entry' },
  unsigned: { zh: '与条目相符，签名未核验', en: 'agrees with the entry, its signature not checked' },
  verified: { zh: '已核验', en: 'verified' },
};

const joined = (parts: readonly Bilingual[]): Bilingual => ({
  zh: parts.map(({ zh }) => zh).join('；'),
  en: parts.map(({ en }) => en).join('; '),
});

/** One exchange: `request: verified; reply: not there; receipt: verified`. */
export const extentsOf = ({ request, reply, receipt }: ExchangeCheck['parts']): Bilingual =>
  joined([
    { zh: `请求：${words[request].zh}`, en: `request: ${words[request].en}` },
    { zh: `答复：${words[reply].zh}`, en: `reply: ${words[reply].en}` },
    { zh: `回执：${words[receipt].zh}`, en: `receipt: ${words[receipt].en}` },
  ]);

/** Several: `requests: 3 verified, 1 not there; replies: …`. */
export function extentsOfAll(all: readonly ExchangeCheck['parts'][]): Bilingual {
  const counted = (part: keyof ExchangeCheck['parts']): Bilingual => {
    const counts = new Map<Extent, number>();
    for (const parts of all) counts.set(parts[part], (counts.get(parts[part]) ?? 0) + 1);
    return {
      zh: [...counts].map(([extent, n]) => `${n} 份${words[extent].zh}`).join('，'),
      en: [...counts].map(([extent, n]) => `${n} ${words[extent].en}`).join(', '),
    };
  };
  const [requests, replies] = [counted('request'), counted('reply')];
  return joined([
    { zh: `请求：${requests.zh}`, en: `requests: ${requests.en}` },
    { zh: `答复：${replies.zh}`, en: `replies: ${replies.en}` },
  ]);
}
