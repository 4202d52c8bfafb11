/**
 * POST /v1/datasets/{dataset}/query: the release flow. The request pipeline has authenticated the caller and will append the entry.
 *
 *   decide → consent of a named subject → fetch rows (filter pushed down) → consents of the rows → mask → answer, with the facts for its
 *     entry
 */
import type { components } from '../../../api/openapi.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
import { defined } from '../../../terms/defined.ts';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { geoJsonType } from '../../../terms/geoJson.ts';
import { allowed, allowedJson, type Call, type LoggedEffects, type Outcome } from '../../pipeline/call.ts';
import type { Permission } from '../../../policies/decision.ts';
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { shownDeadline } from '../../domain/cases.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { textOfKey } from '../ownKey.ts';
import { placeFieldOf } from '../placeFieldOf.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { deadlinesAt, newestChange, versionsAt } from '../rows/store/rowVersions.ts';
import type { Acting } from '../actingDepartment.ts';
import { releasedDataset, whenAllowed, type AllowedCall, type Requested } from './allowedCall.ts';
import { unfound } from './attempts.ts';
import { consentCheck, consentOfNamed, learnedByAsking } from './consents.ts';
import { entryClaim } from './entryClaim.ts';
import { fetchConsented } from './fetchConsented.ts';
import { asksGeoJson, featureCollection } from './geoJson.ts';
import { MaskPrefetch, maskPage } from './maskPage.ts';
import { personsOf, tokensOf, TokenPrefetch } from './pagePersons.ts';
import { refuseHistory, visibleChanges } from './historyRows.ts';
import { asksLatest, refuseLatest, timeFieldOf } from './requestedRows.ts';
import { dated, noted, type Query, type RowSource } from './rowSource.ts';
import { counted } from './quotas.ts';
import { rowSourceOf } from './rowSourceOf.ts';
import type { ReleaseServices } from './services.ts';
import { underCorrection } from './underCorrection.ts';
import { releaseOperation } from '../operation.ts';

export const queryDataset = releaseOperation('queryDataset', {
  kind: 'release',
  run: (call, services) => {
    const query = call.body;
    const isGeoJson = asksGeoJson(call.head);
    const requested = requestedIn(services.registry.current, call.params.dataset, query);
    return whenAllowed(call, services, requested, (allowed) =>
      release(services, call, query, allowed, { isGeoJson }),
    );
  },
});

/** The request of a page, without its position. */
export const requestedIn = (
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  dataset: string,
  query: Query,
): Requested => {
  const { fields, filter, sort, limit } = query;
  const asOf = query.asOf === undefined ? undefined : timeFieldOf(datasets.get(dataset));
  return {
    fields,
    filter,
    sort,
    limit,
    ...(asksLatest(query) ? { latest: true } : {}),
    ...defined({ asOf }),
    ...(query.history === true ? { history: true } : {}),
  };
};

/** What a person is shown of cases in addition to their rows. */
interface CasesShown {
  /** where the rows come from; undefined: in the order of the query. @throws Problem */
  readonly source: (dataset: LiveDataset) => RowSource | undefined;
}

interface Shown {
  /** set where a person asks for cases: the answer then has their deadlines */
  readonly cases?: CasesShown;
  /** the answer is a FeatureCollection */
  readonly isGeoJson?: boolean;
}

/** @throws Problem geojson_without_place, and those of the consent, of the query and of the source */
export async function release(
  services: ReleaseServices,
  call: Call<Acting>,
  query: Query,
  { request, permission, facts, attempt, lookedUp }: AllowedCall,
  { cases, isGeoJson = false }: Shown = {},
): Promise<Outcome> {
  const dataset = releasedDataset(services.registry, permission);
  const place = isGeoJson ? placeFieldOf(dataset).name : undefined;
  refuseLatest(dataset, query);
  refuseHistory(dataset, query);
  const reported = [
    ...permission.fields.map(({ field }) => rootOf(field)),
    ...learnedByAsking(query, dataset.schema.subject?.field),
    ...(request.asOf === undefined ? [] : [request.asOf]),
  ];
  const check = consentCheck(permission, reported, call.now);
  if (check !== undefined) await consentOfNamed(services, check, permission, dataset);
  const source = cases?.source(dataset) ?? rowSourceOf(services, dataset, call);
  const versions =
    query.history === true
      ? undefined
      : await rowVersions(services, dataset, permission, cases !== undefined);
  const ahead = check === undefined ? undefined : new MaskPrefetch(services, permission, dataset, call.now);
  const tokens = check === undefined ? undefined : new TokenPrefetch(services, call.now);
  const duringQuery = (rows: readonly FetchedRow[]): void => {
    ahead?.add(rows);
    tokens?.add(rows);
  };
  const { page, consented } =
    check === undefined
      ? { page: await source.page(query, permission), consented: undefined }
      : await fetchConsented(services, query, permission, source, check, dataset, duringQuery);
  // withdrawn or used up between the two reads: the answer is the one of the first read
  if (check !== undefined && page.rows.length === 0)
    await consentOfNamed(services, check, permission, dataset);
  const { before } = page.history ?? {};
  const toMask = before === undefined ? page : { rows: [before, ...page.rows] };
  const masked = maskPage(services, permission, dataset, toMask, call.now, ahead);
  const seen = query.history === true ? visibleChanges(page, masked.records) : undefined;
  const records = seen?.map(({ record }) => record) ?? masked.records;
  const left = seen === undefined ? page : { rows: seen.map(({ row }) => row) };
  const delivered = records.length;
  // versions that were read and did not leave are none for the caller; with a cursor others may follow
  const isUnfound = left.rows.length === 0 && page.nextCursor === undefined;
  if (query.cursor === undefined)
    services.lookupLimit.count(request, lookedUp, isUnfound ? lookedUp.length : 0, call.now);
  const { nextCursor } = page;
  const claim = entryClaim(check, consented, source.given, call);
  const correction = underCorrection(
    services,
    dataset,
    permission,
    () => personsOf(left)().map((one) => [one]),
    permission.lookup?.field === dataset.schema.subject?.field && permission.lookup !== undefined
      ? [permission.lookup.value]
      : [],
  );
  const rest = {
    ...(seen === undefined ? {} : { history: seen.map(({ note }) => note) }),
    ...(versions === undefined ? {} : await versions(page.rows)),
    withheld: permission.withheld,
    rows: { delivered, withheld: check === undefined ? 0 : ('undisclosed' as const) },
    ...(permission.obligations.length === 0
      ? {}
      : { obligations: describedObligations(permission.obligations, call.now) }),
    ...correction.answer,
    ...dated(source),
    ...(nextCursor === undefined ? {} : { nextCursor }),
  };
  const effects: LoggedEffects = {
    facts: {
      schema: dataset.schema.urn,
      // the private part holds the number of rows without consent: a caller could subtract filtered counts to single out one person
      rows: { delivered, withheld: 0 },
      ...facts,
      ...noted(correction.facts, source),
      ...(claim === undefined ? {} : { private: claim.private }),
    },
    // after the first page, named persons are not recorded again as looked up without a match
    subjects:
      isUnfound && query.cursor === undefined
        ? unfound(services, dataset, request, call.now)
        : (tokens?.of(left.rows) ?? tokensOf(services, left, call.now)),
    attempt,
    work: claim?.work,
    privatePart: claim?.privatePart,
    confirm: claim?.confirm,
    atOnce: claim?.atOnce,
  };
  const outcome =
    place === undefined
      ? allowed<'queryDataset'>(200, { records, ...rest }, effects)
      : {
          ...allowedJson(200, featureCollection(records, rest, place), effects),
          contentType: geoJsonType,
        };
  return counted(outcome, permission, call.now, { calls: 1, rows: delivered });
}

/**
 * Returns the versions of rows that are read from now on. The point of the versions is fixed before the rows are read: a change in between
 * makes the version too old, so that a change based on it is refused, and never too new.
 * @returns undefined where rows have no versions, or the caller may not name one by its key
 */
async function rowVersions(
  { database, sealer }: ReleaseServices,
  { row, schema }: LiveDataset,
  { fields }: Permission,
  withDeadlines: boolean,
): Promise<((rows: readonly FetchedRow[]) => Promise<RowVersions>) | undefined> {
  const { cases } = intakeRulesOf(row);
  const clear = new Set(fields.filter(({ mask }) => mask.name === 'clear').map(({ field }) => field));
  if (cases === undefined || !schema.primaryKey.every((name) => clear.has(name))) return undefined;
  const change = await newestChange(database.app, row.id);
  const { key } = layoutOf(schema);
  return async (rows) => {
    const keys = rows.map(({ record }) => textOfKey(record, key));
    const versions = [...(await versionsAt(database.app, row.id, keys, change))];
    // a deadline discloses the state
    if (!withDeadlines || !clear.has(cases.state)) return { versions };
    const named = keys.map((one, nth) => ({ key: one, version: versions[nth] ?? 0 }));
    const deadlines = await deadlinesAt(database.app, sealer, row.id, named);
    return { versions, due: deadlines.map((one) => one && shownDeadline(cases, one, chinaWorkingCalendar)) };
  };
}

type RowVersions = Pick<components['schemas']['QueryAnswer'], 'versions' | 'due'>;
