import type { components } from '../../../../api/openapi.ts';
import { pageFindings, type FindingPlace } from '../../../log/store/findings.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/log/findings: what the hub's own re-verification found and is not mended, also what the tree does not cover, search columns and
 * subject tokens; the gravest first, a page at a time.
 */
export const listLogFindings = operation('listLogFindings', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.finding);
    const { most } = oneMore(page);
    const rows = await pageFindings(database.app, {
      ...{ after: placeOf(page.after), code: call.query.code, most },
    });
    return listed(
      call,
      'findings',
      page,
      rows,
      ({ code, index, about = '' }) =>
        `${code === 'root_mismatch' ? 0 : 1}~${index ?? '-'}~${code}${about === '' ? '' : `~${about}`}`,
      ({ finding }) => finding as components['schemas']['LogFindings']['findings'][number],
    );
  },
});

function placeOf(after: string | undefined): FindingPlace | undefined {
  if (after === undefined) return undefined;
  const [rank, index = '-', code = '', ...about] = after.split('~');
  return { grave: rank === '0', index: index === '-' ? null : Number(index), code, about: about.join('~') };
}
