/** Applies a sample's agreement with another first grant, signed by both departments. */
import { join } from 'node:path';
import { applyDocuments } from '../clients/cli/apply/applyDocuments.ts';
import { readDocuments } from '../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../clients/cli/apply/staffCall.ts';
import type { Linkage } from '../policies/documents/agreement.ts';
import { samples, type City, type Machine, type TestHub } from './hub.ts';

/**
 * @param version above that of the sample, where the sample is in force already @param more other members of the agreement, such as its id
 * and its consumer, who signs
 */
export async function applyGrant(
  test: TestHub,
  city: City,
  sample: string,
  version: number,
  change: (grant: Readonly<Record<string, unknown>>) => object,
  more: object = {},
  consumer: Machine = city.education,
): Promise<void> {
  const [document] = readDocuments(join(samples, sample));
  const grants = document?.members['grants'] as Readonly<Record<string, unknown>>[] | undefined;
  const [grant] = grants ?? [];
  if (document === undefined || grant === undefined) throw new Error(`${sample} holds no agreement`);
  const client = staffClient({ origin: test.hub.origins.staff, ca: test.ca, token: city.operator });
  try {
    const { linkages, ...rest } = document.members;
    const changed = change(grant);
    // a linkage of fields that the changed grant no longer gives as pseudonyms would be refused
    const granted =
      (linkages as readonly Linkage[] | undefined)?.filter((one) => isGranted(one, changed)) ?? [];
    const members = {
      ...rest,
      version,
      grants: [changed],
      ...(granted.length === 0 ? {} : { linkages: granted }),
      ...more,
    };
    const signers = [consumer, city.publicSecurity].map(({ department, signing: key }) => ({
      department,
      key,
    }));
    const applied = await applyDocuments([{ ...document, members }], {
      client,
      signers,
      approveWith: city.security,
    });
    if (applied[0]?.outcome !== 'granted') throw new Error(JSON.stringify(applied));
  } finally {
    client.close();
  }
}

/** Whether a grant has the members of its dataset as pseudonyms. */
function isGranted({ members }: Linkage, grant: object): boolean {
  const { dataset, fields } = grant as {
    readonly dataset: string;
    readonly fields: Readonly<Record<string, { readonly mask?: string }>>;
  };
  const own = members.filter((one) => one.dataset === dataset);
  return own.length > 0 && own.every(({ field }) => fields[field]?.mask === 'pseudonym');
}
