import type { Bilingual } from '../bilingual.ts';
import { counted } from '../counted.ts';

/** A grant of an agreement, as far as it is counted. */
export interface CountedGrant {
  readonly fields?: Readonly<Record<string, { readonly mask: string }>>;
  readonly facts?: unknown;
  readonly aggregates?: unknown;
}

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

/** What grants give, by number: fields, facts and statistics. A kind that they do not give is left out. */
export function countedGrants(grants: readonly CountedGrant[]): Bilingual {
  const rules = grants.flatMap(({ fields = {} }) => Object.values(fields));
  const masked = rules.filter(({ mask }) => mask !== 'clear').length;
  const facts = grants.reduce((sum, grant) => sum + lengthOf(grant.facts), 0);
  const aggregates = grants.reduce((sum, grant) => sum + lengthOf(grant.aggregates), 0);
  const given = [
    [
      rules.length,
      `${rules.length} 项数据（其中 ${masked} 项脱敏）`,
      `${counted(rules.length, 'field')} (${masked} masked)`,
    ],
    [facts, `${facts} 项核验`, counted(facts, 'fact')],
    [aggregates, `${aggregates} 项统计`, counted(aggregates, 'statistic')],
  ] as const;
  const named = given.filter(([count]) => count > 0);
  return {
    zh: named.map(([, zh]) => zh).join('、'),
    en: named.map(([, , en]) => en).join(', '),
  };
}
