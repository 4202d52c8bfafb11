/**
 * POST /v1/datasets/{dataset}/rows/changes: a department changes fields of one row that several departments work on (`intake.cases`).
 *
 *   may it change rows here? → its fields? → the row, if it is one of its rows → version, transition → the whole row through the intake of
 *   rows by call → append entry + merge row + store version → receipt
 *
 * A row that is not the contributor's gives the answer of a row that does not exist.
 */
import { canonicalText } from '../../../../schemas/readJson.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  conditionsOf,
  deadlineOf,
  shownDeadline,
  isContributor,
  isFinalState,
  maySet,
  partiesOf,
  transitionOf,
  type CaseRules,
  type Transition,
} from '../../../domain/cases.ts';
import { receives } from '../../../domain/dataset.ts';
import type { Reference } from '../../../domain/intakeRules.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { allowed, DecideAfresh, denied, withFacts, type Call, type Outcome } from '../../../pipeline/call.ts';
import { asDepartment, ofActingDepartment, type Acting } from '../../actingDepartment.ts';
import { sent } from '../../../domain/cells.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { addVersion, type NewestVersion } from '../../rows/store/rowVersions.ts';
import { caseRow } from '../../caseRow.ts';
import { namedInRow } from '../../attachments/store/named.ts';
import { hostedDataset, liveDataset } from '../../hostedDataset.ts';
import { intakeOperation } from '../../operation.ts';
import { requestedKey, textOfKey } from '../../ownKey.ts';
import { checkSigned } from '../sender.ts';
import type { IntakeServices } from '../services.ts';
import { currentSubmission, type CurrentBatch } from '../store/daySubmission.ts';
import { checkRows } from './checkRows.ts';
import { clearFields, readsWhole, refuseComparisons } from './clearFields.ts';
import { periodOf, publication, ready } from './publishRows.ts';
import { badRows } from './pushRows.ts';
import { readRows } from './readRows.ts';
import { defined } from '../../../../terms/defined.ts';

type ChangeCall = Call<Acting, 'changeRow'>;
type Row = Readonly<Record<string, unknown>>;

/**
 * @throws Problem acting_department_missing, signed_only, not_a_contributor, dataset_unknown, dataset_live, dataset_unavailable, rows_not_changeable, row_field_not_yours, key_unfit,
 * row_unknown, row_version_other, row_transition_not_allowed, row_unchanged, rows_refused, rows_unauthenticated
 */
export const changeRow = intakeOperation('changeRow', {
  kind: 'intake',
  permission: sent,
  owner: ofActingDepartment,
  // the body of a department that may not change rows here is not read
  admit: (call, { registry }) => {
    casesOf(liveDataset(registry, datasetId(call.params.dataset)), asDepartment(call).caller.department);
  },
  run: (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    const acting = asDepartment(call);
    return withFacts(facts, () => changed(acting, services, hostedDataset(services.registry, id), facts));
  },
});

/** The rules under which a department changes rows. @throws Problem not_a_contributor, rows_not_changeable */
function casesOf({ row }: LiveDataset, department: string): CaseRules {
  const { cases } = intakeRulesOf(row);
  const isProvider = row.department === department;
  if (!isProvider && (cases === undefined || !isContributor(cases, department)))
    throw new Problem('not_a_contributor', { dataset: row.id });
  if (cases === undefined) throw new Problem('rows_not_changeable', { dataset: row.id });
  return cases;
}

async function changed(
  call: ChangeCall,
  services: IntakeServices,
  dataset: LiveDataset,
  facts: { readonly dataset: string; readonly provider: string },
): Promise<Outcome> {
  const { row, schema } = dataset;
  const { department } = call.caller;
  const cases = casesOf(dataset, department);
  if (!receives(row.state)) return denied(unavailable(row), facts);
  checkSigned(call.caller, row);
  const { key, set, version } = call.body;
  const layout = layoutOf(schema);
  const parties = { department, provider: row.department };
  const foreign = Object.keys(set).find((field) => !maySet(cases, schema, field, parties));
  if (foreign !== undefined)
    throw new Problem('row_field_not_yours', { field: foreign }, { at: `/body/set/${foreign}` });
  const named = {
    key: requestedKey(key, layout.key, '/body/key'),
    conditions: conditionsOf(cases, department),
  };
  const { app } = services.database;
  const [found, current] = await Promise.all([
    caseRow(app, services.sealer, dataset, named),
    currentSubmission(app, row.id, schema.urn),
  ]);
  if (found === undefined) throw new Problem('row_unknown', { dataset: row.id });
  const { stored, newest } = found;
  if (newest.version !== version)
    throw new Problem('row_version_other', { version: newest.version }, { at: '/body/version' });
  const transition = transitionIn(cases, set, stored, department);
  const next = { ...stored, ...set };
  const isReadable = readableBy(call, services, dataset, stored);
  const names = Object.keys(set);
  const { plans, datasets } = services.registry.current;
  // a field that is optional and empty is absent from the stored row
  const fields = names.filter(
    (name) =>
      !(name in stored) || canonicalText(next[name]) !== canonicalText(stored[name]) || !isReadable(name),
  );
  // an empty reference, and one that the department knows to be unchanged, looks nothing up
  const looksUp = (reference: Reference): boolean =>
    reference.fields.some((name) => fields.includes(name)) &&
    reference.fields.every((name) => (next[name] ?? null) !== null);
  refuseComparisons(intakeRulesOf(row), names, {
    field: (name) => schema.primaryKey.includes(name) || isReadable(name),
    target: (reference) =>
      department === row.department ||
      !looksUp(reference) ||
      readsWhole(plans, datasets.get(reference.dataset), reference, { department, now: call.now }),
  });
  if (fields.length === 0) throw new Problem('row_unchanged', {}, { at: '/body/set' });
  return published(call, services, dataset, { cases, stored, next, fields, transition, newest, current });
}

/** Whether the department may read a field of the row as it is stored. */
function readableBy(
  { caller, now }: ChangeCall,
  { registry }: IntakeServices,
  dataset: LiveDataset,
  stored: Row,
): (field: string) => boolean {
  if (caller.department === dataset.row.department) return () => true;
  const clear = clearFields(registry.current.plans, dataset, caller.department, { stored, now });
  return (field) => clear.has(field);
}

/** @throws Problem row_transition_not_allowed */
function transitionIn(cases: CaseRules, set: Row, stored: Row, department: string): Transition | undefined {
  if (!(cases.state in set)) return undefined;
  const transition = transitionOf(cases, department, stored[cases.state], set[cases.state]);
  if (transition === undefined)
    throw new Problem('row_transition_not_allowed', {}, { at: `/body/set/${cases.state}` });
  return transition;
}

interface Change {
  readonly cases: CaseRules;
  readonly stored: Row;
  readonly next: Row;
  /** names of the fields that change, and of those that are set and that the department may not read */
  readonly fields: readonly string[];
  readonly transition: Transition | undefined;
  /** the version so far */
  readonly newest: NewestVersion;
  readonly current: CurrentBatch;
}

/** The whole row passes the intake of rows by call. @throws Problem rows_refused */
async function published(
  call: ChangeCall,
  services: IntakeServices,
  dataset: LiveDataset,
  { cases, stored, next, fields, transition, newest, current }: Change,
): Promise<Outcome> {
  const { row, schema } = dataset;
  const rules = intakeRulesOf(row);
  const replacing = withRules(dataset);
  const { subjectKey, registry } = services;
  const { surroundings } = registry.current;
  const body = { bytes: Buffer.from(JSON.stringify(next), 'utf8'), form: 'lines' } as const;
  // what was accepted on arrival, also by the doubts of a mapping, is not for a contributor to correct
  const isStored = (field: string): boolean => !fields.includes(field);
  const reading = { subjectKey, surroundings, now: call.now, isStored };
  const read = await readRows(body, replacing, undefined, reading);
  await ready(services, replacing, read);
  const { department } = call.caller;
  const by = department === row.department ? undefined : { department, already: namedInRow(schema, stored) };
  const checked = await checkRows(services, replacing, read, { isStored, by });
  if (checked.bad.length > 0)
    throw new Problem('rows_refused', { bad: 1, rows: 1 }, { findings: badRows(checked.bad) });
  const { due, opened } = newest;
  const follows =
    transition === undefined ? due : deadlineOf(cases, transition.to, call.now, chinaWorkingCalendar);
  // the transition that is due names the state
  const isParty =
    by === undefined ||
    transition !== undefined ||
    cases.transitions.some((one) => one.id === follows?.transition && one.by.includes(department));
  const version = call.body.version + 1;
  const change = {
    version,
    fields: fields.join(', '),
    ...(transition === undefined ? {} : stepOf(cases, transition, newest, call.now)),
  };
  const { batch, effects } = await publication(call, services, replacing, {
    read,
    checked,
    change,
    current,
    work: async (transaction) => {
      const isNext = await addVersion(transaction, services.sealer, {
        dataset: row.id,
        key: textOfKey(next, layoutOf(schema).key),
        version,
        row: next,
        fields,
        ...defined({ transition: transition?.id }),
        department: call.caller.department,
        exchange: call.exchange,
        at: call.now,
        period: periodOf(next, rules.periods),
        due: follows,
        first: newest.first,
        ...defined({ begun: newest.begun }),
        opened,
        since: transition === undefined ? newest.since : call.now,
        dueBy: follows === undefined ? [] : partiesOf(cases, follows.transition, next, row.department),
      });
      // another department changed the row in the meantime, or it was deleted
      if (!isNext) throw new DecideAfresh();
    },
  });
  return allowed<'changeRow'>(
    200,
    {
      batch,
      version,
      fields: [...fields],
      ...defined({ transition: transition?.id }),
      ...(follows === undefined || !isParty
        ? {}
        : { due: shownDeadline(cases, follows, chinaWorkingCalendar) }),
    },
    effects,
  );
}

/** What statistics count of a transition: the log alone is enough for them. */
const stepOf = (
  cases: CaseRules,
  transition: Transition,
  { opened, since, due }: NewestVersion,
  now: number,
): Readonly<Record<string, string | boolean>> => ({
  transition: transition.id,
  opened: new Date(opened).toISOString(),
  since: new Date(since).toISOString(),
  ...(isFinalState(cases, transition.to) ? { closes: true } : {}),
  // the deadline that this transition ends
  ...(due === undefined ? {} : { due: new Date(due.at).toISOString(), late: now > due.at }),
});

/** The rules of an arriving row that do not apply to a change: its moment is not compared with the clock, and its key is stored. */
function withRules(dataset: LiveDataset): LiveDataset {
  const { cases: _cases, byCall: _byCall, ...intake } = dataset.row.intake;
  return { ...dataset, row: { ...dataset.row, intake } };
}
