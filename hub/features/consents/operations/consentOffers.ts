/** Offers on a person's own page: agreements based on consent whose provider allows the data office to ask for it. */
import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import type { Plan } from '../../../../policies/plans.ts';
import { canonicalJson } from '../../../../terms/canonicalJson.ts';
import { noticesWanted, type NoticeRow } from '../store/notices.ts';
import { titledDepartment } from '../../subjects/operations/titledDepartment.ts';
import type { Services } from '../../common/services.ts';
import { purposeAncestors } from '../../../../policies/meetsCondition.ts';
import type { PurposeRow } from '../../../registry/store/purposes.ts';
import { defined, present } from '../../../../terms/defined.ts';

type Offer = components['schemas']['ConsentOffer'];

/** Digest of everything the person agrees to, by codes: a changed title does not change the offer. */
const digestOf = ({
  agreement,
  dataset,
  purpose,
  recipient,
  provider,
  fields,
  retention,
  notice,
}: Omit<Offer, 'digest'>): string =>
  createHash('sha256')
    .update(
      canonicalJson({
        agreement,
        dataset,
        purpose,
        recipient: recipient.code,
        provider: provider.code,
        fields: fields.map(({ code }) => code),
        retention: retention ?? null,
        notice: notice.digest,
      }),
    )
    .digest('hex');

export interface Offered {
  readonly offer: Offer;
  readonly plan: Plan;
  readonly notice: NoticeRow;
  /** the data office, which asks for the consent */
  readonly collector: string;
}

/**
 * Returns one offer for each agreement, dataset and purpose. The provider allows the data office to ask by naming it among the collectors.
 * Each offer needs a notice of an involved department in the person's language. The recipient's notice is used only if neither the
 * provider nor the data office has one.
 */
export async function consentOffers(
  { registry, identity, database }: Pick<Services, 'registry' | 'identity' | 'database'>,
  language: 'zh' | 'en',
): Promise<readonly Offered[]> {
  const collector = identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  if (collector === undefined) return [];
  const requested = registry.current.plans.all.flatMap((plan) => {
    const { ref, whole } = plan;
    const recipient = ref.principal ?? ref.consumer;
    const live = registry.current.datasets.get(ref.dataset);
    const asks = whole.consent?.collectors.includes(collector) === true && recipient !== collector;
    if (!asks || live === undefined) return [];
    return [{ plan, live, purpose: ref.purpose, provider: live.row.department, recipient, collector }];
  });
  if (requested.length === 0) return [];
  const notices = await noticesWanted(database.app, requested, language);
  return requested.flatMap(({ plan, live, recipient }, at) => {
    const notice = notices[at];
    if (notice === undefined) return [];
    const { ref, granted, whole } = plan;
    const retention = whole.obligations.find(({ id }) => id === 'delete-after')?.period;
    const offer: Omit<Offer, 'digest'> = {
      agreement: ref.agreement,
      dataset: ref.dataset,
      purpose: ref.purpose,
      recipient: titledDepartment(identity, recipient),
      provider: titledDepartment(identity, live.row.department),
      title: { zh: live.row.titleZh, en: live.row.titleEn },
      fields: [...granted.keys()].map((code) => {
        const title = live.schema.fields.find(({ name }) => name === code)?.title;
        return { code, ...(title === undefined ? {} : { title: { zh: title.zh, en: title.en } }) };
      }),
      ...defined({ retention }),
      notice: { digest: notice.digest, text: notice.text },
    };
    return [{ plan, notice, collector, offer: { ...offer, digest: digestOf(offer) } }];
  });
}

/** The registered purposes among the named ones, and their descendants. */
export function purposesBelow(rows: readonly PurposeRow[], named: readonly string[]): readonly string[] {
  const known = rows.map(({ code, parent }) => ({
    code,
    title: { zh: '', en: '' },
    ...present({ parent }),
  }));
  return known
    .map(({ code }) => code)
    .filter((code) => purposeAncestors(known, code).some((one) => named.includes(one)));
}
