/** Who stopped an agreement, and so who explains the stop and may lift it: as words, and as the party that can resolve it. */
import type { Bilingual } from './bilingual.ts';
import type { Mender } from './problemCatalogue.ts';

/** A party of the agreement, the data office's security officer, the data office. */
export type StoppingSide = 'consumer' | 'provider' | 'security' | 'office';

const names: Readonly<Record<StoppingSide, Bilingual>> = {
  consumer: { zh: '需求部门', en: 'the consumer' },
  provider: { zh: '提供部门', en: 'the provider' },
  security: { zh: '数据主管部门的数据安全管理员', en: "the data office's security officer" },
  office: { zh: '数据主管部门', en: 'the data office' },
};

/** Sides one after the other. @param sides empty: unknown, and the data office may lift any stop */
export const stoppingNames = (sides: readonly StoppingSide[]): Bilingual => {
  const reported = sides.length === 0 ? [names.office] : sides.map((side) => names[side]);
  return { zh: reported.map(({ zh }) => zh).join('、'), en: reported.map(({ en }) => en).join(' and ') };
};

/**
 * The party that can resolve it, as shown to its consumer: the one side that stopped it; of several, the data office, which may lift any
 * stop.
 */
export function responsibleParty(sides: readonly StoppingSide[]): Mender {
  const [only, ...more] = sides;
  if (more.length > 0) return 'data-office';
  if (only === 'consumer') return 'department';
  return only === 'provider' ? 'provider' : 'data-office';
}
