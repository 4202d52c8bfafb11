import type { StaffClient } from '../apply/staffCall.ts';
import { data, dataLines, talk } from '../verb.ts';
import { impactLines, impactOf } from '../schema/impact.ts';
import { bodyOf, sameOr, type WaitingSchema } from './waiting.ts';
import { pathSegment } from '../pathSegment.ts';

interface DecisionOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  /** digest that was shown before */
  readonly digest?: string;
}

/** Shows a version in review with what it changes and whom that reaches; with `yes` agrees to what it has just shown. @throws VerbFailure, DatongRefusal */
export async function decideSchema(
  client: StaffClient,
  { urn }: WaitingSchema,
  options: DecisionOptions,
): Promise<void> {
  const impact = await impactOf(client, urn);
  const digest = sameOr(options.digest, impact.digest);
  if (options.json !== true) dataLines(impactLines(impact));
  if (options.yes !== true) {
    if (options.json === true) data(JSON.stringify(impact));
    talk({
      zh: `未作任何更改；全文：datong schema show ${urn}；加 --yes 即同意以上内容`,
      en: `nothing is changed; the whole text: datong schema show ${urn}; --yes agrees to what is shown`,
    });
    return;
  }
  const path = `/v1/schemas/${pathSegment(urn)}/decision`;
  const decided = bodyOf(await client.post(path, { act: 'publish', digest }));
  if (options.json === true) data(JSON.stringify(decided));
  talk(
    decided['state'] === 'published'
      ? { zh: `${urn} 已发布`, en: `${urn} is published` }
      : {
          zh: `已同意 ${urn}；还须另一人同意（安全管理员，或所属方的第二人）`,
          en: `agreed to ${urn}; another person has to agree too: the security officer, or the second one of its owner`,
        },
  );
}
