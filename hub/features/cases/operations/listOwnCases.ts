import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isFinalState, type CaseRules } from '../../../domain/cases.ts';
import { receives } from '../../../domain/dataset.ts';
import { ownCases } from '../../../flows/ownCases.ts';
import type { CaseRow } from '../../../flows/caseRow.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { moment } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import type { Services } from '../../common/services.ts';
import { identifierOf } from '../../subjects/operations/ownSession.ts';
import { titledDataset, titledDepartment } from '../../subjects/operations/titledDepartment.ts';

/** Cases of one dataset; those with the highest keys of a person who reported more. */
const maxOfDataset = 50;

/**
 * GET /v1/own/cases: cases about the person, on their own page, with the fields that each provider chose. The identifier comes from the
 * session, where it is stored sealed.
 * @throws Problem own_session_ended; rows_unauthenticated, sealed_bytes_damaged where a case was altered
 */
export const listOwnCases = operation('listOwnCases', {
  kind: 'inspect',
  run: async (call, services) => {
    const { keys, database, registry } = services;
    const { subject, session, presentedBy } = call.caller;
    const identifier = await identifierOf(services, session);
    if (identifier === undefined) throw new Problem('own_session_ended');
    const cases: components['schemas']['OwnCase'][] = [];
    for (const dataset of registry.current.datasets.values()) {
      const { cases: rules } = intakeRulesOf(dataset.row);
      if (rules?.subjectFields === undefined || !receives(dataset.row.state)) continue;
      const asked = { identifier, limit: maxOfDataset };
      const found = await ownCases(database.app, sealerOf(keys.sealing), dataset, asked);
      cases.push(...found.map((one) => viewOf(dataset, rules, one, services)));
    }
    return allowed<'listOwnCases'>(
      200,
      { cases: cases.toSorted((one, other) => (one.opened > other.opened ? -1 : 1)) },
      {
        facts: { change: { session, presentedBy, cases: cases.length } },
        subjects: [subjectToken(keys.logToken(tokenYear(call.now)), subject)],
      },
    );
  },
});

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
