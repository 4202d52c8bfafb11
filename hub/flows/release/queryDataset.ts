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
import {
  allowed,
  allowedJson,
  type AllowedOutcome,
  type Call,
  type LoggedEffects,
  type Outcome,
} from '../../pipeline/call.ts';
import type { ReplyOf } from '../../pipeline/contract.ts';
import type { DecisionRequest, Permission } from '../../../policies/decision.ts';
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
import { claimEffects, entryClaim, privateFact } from './entryClaim.ts';
import { fetchConsented } from './fetchConsented.ts';
import { asksGeoJson, featureCollection } from './geoJson.ts';
import { MaskPrefetch, maskPage } from './maskPage.ts';
import { personsOf, tokensOf, TokenPrefetch } from './pagePersons.ts';
import { refuseHistory, visibleChanges } from './historyRows.ts';
import { asksLatest, refuseLatest, timeFieldOf } from './requestedRows.ts';
import { dated, noted, type Page, type Query, type RowSource } from './rowSource.ts';
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
  allowedCall: AllowedCall,
  { cases, isGeoJson }: Shown = {},
): Promise<Outcome> {
  const { request, permission, facts, attempt } = allowedCall;
  const dataset = releasedDataset(services.registry, permission);
  const place = isGeoJson === true ? placeFieldOf(dataset).name : undefined;
  refuseLatest(dataset, query);
  refuseHistory(dataset, query);
  const check = consentCheck(permission, fieldsDisclosed(request, permission, query, dataset), call.now);
  if (check !== undefined) await consentOfNamed(services, check, permission, dataset);
  const source = cases?.source(dataset) ?? rowSourceOf(services, dataset, call);
  const versions =
    query.history === true
      ? undefined
      : await rowVersions(services, dataset, permission, cases !== undefined);
  const ahead = check === undefined ? unprefetched : prefetch(services, permission, dataset, call.now);
  const { page, consented } =
    check === undefined
      ? { page: await source.page(query, permission), consented: undefined }
      : await fetchConsented(services, query, permission, source, check, dataset, ahead.add);
  // withdrawn or used up between the two reads: the answer is the one of the first read
  if (check !== undefined && page.rows.length === 0)
    await consentOfNamed(services, check, permission, dataset);
  const masked = maskPage(services, permission, dataset, rowsToMask(page), call.now, ahead.masks);
  const leaving = leavingOf(query, page, masked.records);
  const delivered = leaving.records.length;
  countLookUps(services, query, allowedCall, leaving, call.now);
  const claim = entryClaim(check, consented, source.given, call);
  const correction = underCorrection(
    services,
    dataset,
    permission,
    () => personsOf(leaving.page)().map((one) => [one]),
    subjectsNamed(permission, dataset),
  );
  const rest: Rest = {
    ...leaving.history,
    ...(versions === undefined ? {} : await versions(page.rows)),
    withheld: permission.withheld,
    rows: { delivered, withheld: check === undefined ? 0 : ('undisclosed' as const) },
    ...obligationsOf(permission, call.now),
    ...correction.answer,
    ...dated(source),
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
  };
  const effects: LoggedEffects = {
    facts: {
      schema: dataset.schema.urn,
      // the private part holds the number of rows without consent: a caller could subtract filtered counts to single out one person
      rows: { delivered, withheld: 0 },
      ...facts,
      ...noted(correction.facts, source),
      ...privateFact(claim),
    },
    subjects: isNamedInVain(query, leaving)
      ? unfound(services, dataset, request, call.now)
      : tokensOfLeaving(services, leaving, ahead, call.now),
    attempt,
    ...claimEffects(claim),
  };
  return counted(answerOf(leaving, rest, place, effects), permission, call.now, {
    calls: 1,
    rows: delivered,
  });
}

type Rest = Omit<ReplyOf<'queryDataset', 200>, 'records'>;

/** Fields whose values the answer discloses. */
const fieldsDisclosed = (
  { asOf }: DecisionRequest,
  { fields }: Permission,
  query: Query,
  { schema }: LiveDataset,
): readonly string[] => [
  ...fields.map(({ field }) => rootOf(field)),
  ...learnedByAsking(query, schema.subject?.field),
  ...(asOf === undefined ? [] : [asOf]),
];

/** What is made of the rows while the database reads the consents of their subjects. */
interface Prefetched {
  readonly masks: MaskPrefetch | undefined;
  readonly tokens: TokenPrefetch | undefined;
  readonly add: ((rows: readonly FetchedRow[]) => void) | undefined;
}

const unprefetched: Prefetched = { masks: undefined, tokens: undefined, add: undefined };

function prefetch(
  services: ReleaseServices,
  permission: Permission,
  dataset: LiveDataset,
  now: number,
): Prefetched {
  const masks = new MaskPrefetch(services, permission, dataset, now);
  const tokens = new TokenPrefetch(services, now);
  const add = (rows: readonly FetchedRow[]): void => {
    masks.add(rows);
    tokens.add(rows);
  };
  return { masks, tokens, add };
}

/** The rows of a page, and the version that its first one is compared with. */
function rowsToMask({ rows, history }: Page): Pick<Page, 'rows'> {
  const { before } = history ?? {};
  return { rows: before === undefined ? rows : [before, ...rows] };
}

type Records = readonly Readonly<Record<string, unknown>>[];

/** What leaves of a page. */
interface Leaving {
  readonly records: Records;
  /** the rows that the records come from */
  readonly page: Pick<Page, 'rows' | 'columns'>;
  readonly history: Pick<Rest, 'history'>;
  /** whether nothing was found for the caller, on this page or a later one */
  readonly isUnfound: boolean;
}

/** @param masked records of `rowsToMask` */
function leavingOf({ history }: Query, page: Page, masked: Records): Leaving {
  const hasEnded = page.nextCursor === undefined;
  if (history !== true)
    return { records: masked, page, history: {}, isUnfound: hasEnded && page.rows.length === 0 };
  const seen = visibleChanges(page, masked);
  return {
    records: seen.map(({ record }) => record),
    page: { rows: seen.map(({ row }) => row) },
    history: { history: seen.map(({ note }) => note) },
    // versions that were read and did not leave are none for the caller; with a cursor others may follow
    isUnfound: hasEnded && seen.length === 0,
  };
}

/** Counts the look-ups of a first page. */
function countLookUps(
  { lookupLimit }: ReleaseServices,
  { cursor }: Query,
  { request, lookedUp }: AllowedCall,
  { isUnfound }: Leaving,
  now: number,
): void {
  if (cursor === undefined) lookupLimit.count(request, lookedUp, isUnfound ? lookedUp.length : 0, now);
}

/** The identifier of the subject that the call names. */
const subjectsNamed = (
  { lookup }: Permission,
  { schema: { subject } }: LiveDataset,
): readonly (string | number | boolean)[] =>
  lookup !== undefined && lookup.field === subject?.field ? [lookup.value] : [];

const obligationsOf = ({ obligations }: Permission, now: number): Pick<Rest, 'obligations'> =>
  obligations.length === 0 ? {} : { obligations: describedObligations(obligations, now) };

/** After the first page, named persons are not recorded again as looked up without a match. */
const isNamedInVain = ({ cursor }: Query, { isUnfound }: Leaving): boolean =>
  isUnfound && cursor === undefined;

const tokensOfLeaving = (
  services: ReleaseServices,
  { page }: Leaving,
  { tokens }: Prefetched,
  now: number,
): Uint8Array => tokens?.of(page.rows) ?? tokensOf(services, page, now);

/** @param place the field of the point; undefined where the answer is no FeatureCollection */
const answerOf = (
  { records }: Leaving,
  rest: Rest,
  place: string | undefined,
  effects: LoggedEffects,
): AllowedOutcome =>
  place === undefined
    ? allowed<'queryDataset'>(200, { records, ...rest }, effects)
    : { ...allowedJson(200, featureCollection(records, rest, place), effects), contentType: geoJsonType };

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
