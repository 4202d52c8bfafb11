/** The agreements of the enrolment season, one with each department that knows something a parent would otherwise prove on paper. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { signingKey } from '../../../certs/signatures/index.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../policies/documents/parseDocument.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Signer } from '../apply/requestOf.ts';
import { openProfile } from '../profile.ts';
import { handovers } from './handovers.ts';
import type { Stage } from './stage.ts';

const samples = resolve(import.meta.dirname, '../../../samples');

/** Has each agreement signed by its two departments, and approved. @returns them by provider, 公安局's first */
export async function agreeForEnrolment(stage: Stage): Promise<ReadonlyMap<string, Agreement>> {
  const agreements = new Map<string, Agreement>();
  for (const sample of ['household', ...handovers.map((one) => one.sample)]) {
    const file = `${sample}/agreement.yaml`;
    const agreement = parseAgreement(readFileSync(join(samples, file), 'utf8'));
    await stage.apply(file, [agreement.provider, 'education'].map(signerNamed));
    agreements.set(agreement.provider, agreement);
  }
  return agreements;
}

export function signerNamed(name: string): Signer {
  const { department, signingKey: key } = openProfile({ as: name });
  return { department, key: signingKey(key) };
}

/** Laws and articles on which the agreements are based, each once. */
export function basesOf(agreements: readonly Agreement[]): Bilingual {
  const laws = agreements.map(({ basis }) => [basis.reference ?? '', basis.clause ?? ''] as const);
  const each = [...new Map(laws.map((law) => [law.join(' '), law])).values()];
  return {
    zh: each.map(([law, article]) => `《${law}》${article}`).join('、'),
    en: each.map((law) => law.join(' ')).join(', '),
  };
}

/** Papers that a citizen need not bring thanks to an agreement (替代材料). */
export const materialsOf = (agreement: Agreement | undefined): readonly Bilingual[] =>
  agreement?.matters?.flatMap(({ materials }) => materials) ?? [];

/** `→ 免交预防接种证` */
export function spared(agreement: Agreement | undefined): Bilingual {
  const materials = materialsOf(agreement);
  return {
    zh: ` → 免交${materials.map(({ zh }) => zh).join('、')}`,
    en: ` → no ${materials.map(({ en }) => en).join(', ')} needed`,
  };
}
