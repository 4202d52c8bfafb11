/** Checks that every consent passes when it is registered, whether signed by a department's system or taken over from paper. */
import type { Consent } from '../../../../policies/consents/consent.ts';
import { invalid } from '../../../../policies/consents/readConsent.ts';
import type { Plans } from '../../../../policies/plans.ts';
import { lastingFormats } from '../../../../schemas/formats/index.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { noticesOf, type NoticeRow } from '../store/notices.ts';
import { listPurposes } from '../../../registry/store/purposes.ts';
import type { Services } from '../../common/services.ts';
import { purposesBelow } from './consentOffers.ts';

/**
 * The recipient must receive in its own name. Neither the recipient nor its processor may collect the person's consent.
 * @throws Problem consent_invalid
 */
export function checkParties({ recipient, collectedBy }: Consent, identity: Services['identity']): void {
  const receiving = identity.department(recipient);
  if (receiving === undefined) throw invalid({ zh: '没有这个接收部门', en: 'there is no such recipient' });
  if (receiving.principal !== null) {
    throw invalid({
      zh: '受托单位不是接收方，应写其委托部门',
      en: 'an entrusted party is no recipient: name the department it works for',
    });
  }
  if (identity.department(collectedBy)?.principal === recipient) {
    throw invalid({ zh: '接收方的受托单位不能签署', en: 'a party entrusted by the recipient signed it' });
  }
}

/**
 * The collector must be the provider, or a department named in an agreement that the provider signed. A consent from any other department
 * would have no effect, but would replace the valid one.
 * @throws Problem consent_invalid
 */
export function checkCollector(
  { collectedBy, provider, recipient, dataset, purposes }: Consent,
  plans: Plans,
): void {
  const named = plans.all.some(
    ({ ref, whole }) =>
      ref.dataset === dataset &&
      (ref.principal ?? ref.consumer) === recipient &&
      purposes.includes(ref.purpose) &&
      whole.consent?.collectors.includes(collectedBy) === true,
  );
  if (collectedBy === provider || named) return;
  throw invalid({
    zh: '没有共享协议准许该部门采集此项同意',
    en: 'no agreement lets this department ask for it',
  });
}

/** @throws Problem consent_invalid */
export function checkAgainst(artefact: Consent, { row, schema }: LiveDataset, now: number): void {
  const names = new Set(schema.fields.map(({ name }) => name));
  if (artefact.provider !== providerOf(datasetId(row.id))) {
    throw invalid({ zh: '提供部门与数据资源不符', en: 'the dataset is not of that provider' });
  }
  if (schema.subject?.kind !== 'person') {
    throw invalid({ zh: '该数据资源不以个人为主体', en: 'the dataset is not about persons' });
  }
  if (!artefact.fields.every((field) => names.has(field))) {
    throw invalid({ zh: '数据集标准没有其中的数据项', en: 'the schema has no such field' });
  }
  if (Date.parse(artefact.expires) <= now) throw invalid({ zh: '已经过期', en: 'it has expired' });
}

/**
 * The identifier must have the same form as in the rows. With a lower-case x or a blank, the consent would never match.
 * @throws Problem consent_invalid
 */
export function checkForm(value: string, { schema }: LiveDataset): void {
  const field = schema.fields.find(({ name }) => name === schema.subject?.field);
  const format = field?.format === undefined ? undefined : lastingFormats[field.format];
  if (format === undefined || format(value) === undefined) return;
  throw invalid({
    zh: '标识的形式与数据集标准不符',
    en: 'an identifier does not have the form that the schema gives it',
  });
}

/**
 * Returns the notice, and the consent's purposes with those below them. The notice must be registered by the provider, the collector or
 * the recipient, and must name every purpose of the consent. The provider's registration decides. If the provider has none, the
 * collector's applies; if neither has one, the recipient's.
 * @throws Problem notice_unknown, consent_invalid, rows_unauthenticated where a purpose was changed past the hub
 */
export async function coveredPurposes(
  artefact: Consent,
  { app }: Services['database'],
): Promise<{ readonly notice: NoticeRow; readonly purposes: readonly string[] }> {
  // where one below were left out, a wider consent given earlier would remain in force for it
  const rows = await inSnapshot(app, async (snapshot) => {
    await refuseUnauthentic(snapshot, ['purpose']);
    return listPurposes(snapshot);
  });
  const { digest, language } = artefact.notice;
  const { provider, recipient, collectedBy } = artefact;
  const notices = await noticesOf(app, digest, [provider, recipient, collectedBy]);
  const notice = [provider, collectedBy, recipient]
    .map((department) => notices.find(({ owner }) => owner === department))
    .find((one) => one !== undefined);
  // the owner of the notice is chosen first, then the language: a text in another language does not override the provider's
  if (notice?.language !== language) throw new Problem('notice_unknown');
  const covered = (purpose: string): boolean =>
    notice.purposes.includes(purpose) && rows.some(({ code }) => code === purpose);
  if (!artefact.purposes.every(covered))
    throw invalid({ zh: '告知书没有写明该使用场景', en: 'the notice does not name one of its purposes' });
  return { notice, purposes: purposesBelow(rows, artefact.purposes) };
}
