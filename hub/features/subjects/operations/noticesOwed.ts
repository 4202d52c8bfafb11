/** That a recipient owes the person notice of what it received: by law, by its agreement, and whether it stated that it gave it. */
import type { components } from '../../../../api/openapi.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import { dutyOfText } from '../../../../policies/obligations/obligations.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { statedNotices, type NoticeDay } from '../../duties/store/duties.ts';
import type { Reader } from '../../../platform/database/reader.ts';

type NoticeOwed = components['schemas']['NoticeOwed'];

/** An office that handles personal information for its statutory duty tells the person all the same (PIPL art. 35). */
const byLaw = { law: '中华人民共和国个人信息保护法', clause: '第三十五条' };

/**
 * What is owed for each look, in their order; undefined where nothing is.
 * @param looks entries with the ground they rested on when they were answered; undefined for one that brought nothing
 */
export async function noticesOwed(
  reader: Reader,
  looks: readonly ({ readonly leaf: Leaf; readonly basis: Agreement['basis'] } | undefined)[],
): Promise<readonly (NoticeOwed | undefined)[]> {
  const days: NoticeDay[] = [];
  const found = looks.map((look) => {
    if (look === undefined) return undefined;
    const { leaf, basis } = look;
    const { consumer, agreement, dataset, purpose, obligations = [] } = leaf;
    const day = dayInChina(Date.parse(leaf.at));
    const due = obligations
      .map((text) => dutyOfText(text, day))
      .find((duty) => duty?.obligation === 'notify-subject');
    const law = basis.type === 'statutory' ? byLaw : {};
    const isKnown =
      consumer !== undefined && agreement !== undefined && dataset !== undefined && purpose !== undefined;
    if (due === undefined || !isKnown) return basis.type === 'statutory' ? { law } : undefined;
    const at = days.push({ consumer, agreement, dataset, purpose, day }) - 1;
    return { law, until: due.due, at };
  });
  const stated = await statedNotices(reader, days);
  return found.map((one) =>
    one === undefined
      ? undefined
      : {
          ...one.law,
          ...(one.at === undefined ? {} : { until: one.until, stated: stated[one.at] === true }),
        },
  );
}
