import type { KeyObject } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { defined } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isFinalState, stateTitle, type CaseRules } from '../../../domain/cases.ts';
import { receives } from '../../../domain/dataset.ts';
import { openSealed, sealCursor } from '../../../flows/cursor.ts';
import { ownCases } from '../../../flows/ownCases.ts';
import type { CaseRow } from '../../../flows/caseRow.ts';
import type { Position } from '../../../flows/rows/store/fetchedRow.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import { compareText } from '../../../platform/database/pages.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { moment } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import type { Services } from '../../common/services.ts';
import { identifierOf } from '../../subjects/operations/ownSession.ts';
import { titledDataset, titledDepartment } from '../../subjects/operations/titledDepartment.ts';

/** Cases of one page. */
const maxOfPage = 50;

/** Where a page ended: within a dataset, or at its end. */
interface PageEnd {
  readonly dataset: string;
  readonly after: Position | undefined;
}

/**
 * GET /v1/own/cases: cases about the person, on their own page, with the fields that each provider chose. A page holds datasets in the
 * order of their ids, and of each the highest keys first. The identifier comes from the session, where it is stored sealed.
 * @throws Problem own_session_ended, cursor_invalid; rows_unauthenticated, sealed_bytes_damaged where a case was altered
 */
export const listOwnCases = operation('listOwnCases', {
  kind: 'inspect',
  run: async (call, services) => {
    const { keys } = services;
    const { subject, session, presentedBy } = call.caller;
    const identifier = await identifierOf(services, session);
    if (identifier === undefined) throw new Problem('own_session_ended');
    const cursors = cursorsOf(keys.cursor, session);
    const { cursor } = call.query;
    const begin = cursor === undefined ? undefined : cursors.open(cursor);
    const { cases, end } = await pageOf(services, identifier, begin);
    return allowed<'listOwnCases'>(
      200,
      {
        cases: cases.toSorted((one, other) => (one.opened > other.opened ? -1 : 1)),
        ...(end === undefined ? {} : { nextCursor: cursors.seal(end) }),
      },
      {
        facts: { change: { session, presentedBy, cases: cases.length } },
        subjects: [subjectToken(keys.logToken(tokenYear(call.now)), subject)],
      },
    );
  },
});

/** Cursors hold the key of a case, so they are sealed, and each opens in its session only. */
function cursorsOf(key: KeyObject, session: string) {
  const context = { consumer: session, agreement: '', policy: '', dataset: '', query: 'listOwnCases' };
  return {
    seal: (end: PageEnd): string => sealCursor(key, context, end),
    /** @throws Problem cursor_invalid */
    open: (cursor: string): PageEnd => openSealed(key, context, cursor) as PageEnd, // only this hub could have sealed it
  };
}

async function pageOf(
  services: Services,
  identifier: string,
  begin: PageEnd | undefined,
): Promise<{ readonly cases: readonly components['schemas']['OwnCase'][]; readonly end?: PageEnd }> {
  const { database, keys, registry } = services;
  const cases: components['schemas']['OwnCase'][] = [];
  const datasets = [...registry.current.datasets.values()]
    .filter(({ row }) => begin === undefined || row.id >= begin.dataset)
    .toSorted((one, other) => compareText(one.row.id, other.row.id));
  for (const dataset of datasets) {
    const { id, state } = dataset.row;
    const { cases: rules } = intakeRulesOf(dataset.row);
    if (rules?.subjectFields === undefined || !receives(state)) continue;
    // the next page may be empty: it is not known yet whether the person has cases here
    if (cases.length >= maxOfPage) return { cases, end: { dataset: id, after: undefined } };
    const after = begin?.dataset === id ? begin.after : undefined;
    const page = { identifier, after, maxCases: maxOfPage - cases.length };
    const { cases: found, next } = await ownCases(database.app, sealerOf(keys.sealing), dataset, page);
    cases.push(...found.map((one) => viewOf(dataset, rules, one, services)));
    if (next !== undefined) return { cases, end: { dataset: id, after: next } };
  }
  return { cases };
}

function viewOf(
  { row, schema }: LiveDataset,
  rules: CaseRules,
  { stored, newest }: CaseRow,
  services: Services,
): components['schemas']['OwnCase'] {
  const state = String(stored[rules.state]);
  return {
    dataset: titledDataset(row.id, services),
    provider: titledDepartment(services.identity, row.department),
    state,
    ...defined({ stateTitle: stateTitle(rules, state) }),
    closed: isFinalState(rules, state),
    opened: moment(newest.opened),
    since: moment(newest.since),
    fields: schema.fields.flatMap(({ name, title }) => {
      const value = stored[name] ?? null;
      if (rules.subjectFields?.includes(name) !== true || value === null) return [];
      return [
        {
          title: { zh: title.zh, en: title.en },
          value: typeof value === 'string' ? value : JSON.stringify(value),
        },
      ];
    }),
  };
}
