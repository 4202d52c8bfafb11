import type { Bilingual } from '../../terms/bilingual.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import type { Agreement } from './agreement.ts';

/** The part of the register of matters (事项) that an agreement is compared with. */
export interface RegisteredMatter {
  readonly code: string;
  readonly departments: readonly string[];
  readonly materials: readonly { readonly title: Bilingual }[];
  readonly ended: boolean;
}

/**
 * Checks each matter that an agreement names: it is in the register, is handled by the consumer, and requires the papers that the agreement
 * claims to spare. Reported savings are then those of the register.
 * @param consumer code of the requesting department
 */
export function matterRegisterFindings(
  { id, matters = [] }: Pick<Agreement, 'id' | 'matters'>,
  consumer: string,
  register: readonly RegisteredMatter[],
): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  for (const [i, { code, materials }] of matters.entries()) {
    const report = (finding: string, at: string, zh: string, en: string): void => {
      const path = pointer('matters', i) + at;
      findings.push({ code: finding, level: 'error', document: id, path, message: { zh, en } });
    };
    const known = register.find((one) => one.code === code);
    if (known === undefined || known.ended) {
      report(
        'matter_unknown',
        '/code',
        known === undefined ? '事项没有登记' : '事项已经终止',
        known === undefined ? 'the matter is not registered' : 'the matter has ended',
      );
      continue;
    }
    if (!known.departments.includes(consumer))
      report('matter_foreign', '/code', '需求部门不办理这一事项', 'the consumer does not handle this matter');
    for (const [j, { zh, en }] of materials.entries()) {
      if (known.materials.some(({ title }) => title.zh === zh && title.en === en)) continue;
      report(
        'material_unknown',
        `/materials/${j}`,
        '登记的事项不要求这一材料',
        'the matter, as it is registered, does not ask for this paper',
      );
    }
  }
  return findings;
}
