/** What a person can be asked for on her own page: agreements on consent whose provider let the data office ask. */
import type { components } from '../../../api/openapi.ts';
import type { Plan } from '../../../policies/plans.ts';
import { newestNotice, type NoticeRow } from '../../store/consents/notices.ts';
import { noticeOwners } from './consentChecks.ts';
import { titledDepartment } from '../subjects/titledDepartment.ts';
import type { Services } from '../services.ts';

type Offer = components['schemas']['ConsentOffer'];

export interface Offered {
  readonly offer: Offer;
  readonly plan: Plan;
  readonly notice: NoticeRow;
  /** the data office, which asks */
  readonly collector: string;
}

/**
 * One for each agreement, dataset and purpose. A provider signs that the data office may ask by naming it among the collectors; and nobody is
 * asked without a notice of a department that has a part in it, in her language, whose text she sees.
 */
export async function consentOffers(
  { registry, identity, database }: Pick<Services, 'registry' | 'identity' | 'database'>,
  language: 'zh' | 'en',
): Promise<readonly Offered[]> {
  const collector = identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  if (collector === undefined) return [];
  const offers: Offered[] = [];
  const notices = new Map<string, NoticeRow | undefined>();
  for (const plan of registry.current.plans.all) {
    const { ref, whole, granted } = plan;
    const recipient = ref.principal ?? ref.consumer;
    if (whole.consent?.collectors.includes(collector) !== true || recipient === collector) continue;
    const live = registry.current.datasets.get(ref.dataset);
    if (live === undefined) continue;
    const owners = noticeOwners({ provider: live.row.department, recipient, collectedBy: collector });
    const key = JSON.stringify([ref.purpose, owners]);
    if (!notices.has(key)) notices.set(key, await newestNotice(database.app, ref.purpose, owners, language));
    const notice = notices.get(key);
    if (notice === undefined) continue;
    offers.push({
      ...{ plan, notice, collector },
      offer: {
        ...{ agreement: ref.agreement, dataset: ref.dataset, purpose: ref.purpose },
        recipient: titledDepartment(identity, recipient),
        provider: titledDepartment(identity, live.row.department),
        title: { zh: live.row.titleZh, en: live.row.titleEn },
        fields: [...granted.keys()].map((code) => {
          const title = live.schema.fields.find(({ name }) => name === code)?.title;
          return { code, ...(title === undefined ? {} : { title: { zh: title.zh, en: title.en } }) };
        }),
        notice: { digest: notice.digest, text: notice.text },
      },
    });
  }
  return offers;
}
