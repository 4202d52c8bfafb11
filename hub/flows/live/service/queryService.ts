/**
 * Rows of a provider's own service. The service is queried by full values only, page by page where it has pages; the hub applies the rest
 * of the filter. A place has the form `filling.page.row`. Rows are counted as received, so a page that was only partly used is requested
 * again.
 */
import { providerOf, datasetId } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  fieldsSent,
  canBeXml,
  sentConditions,
  type LiveServiceDocument,
} from '../../../domain/liveService.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { storeFindings } from '../../../registry/store/liveFindings.ts';
import type { LiveServiceRow } from '../../../registry/store/liveServices.ts';
import { liveMapping } from '../../intake/translationTarget.ts';
import type { ReleaseServices } from '../../release/services.ts';
import type { LivePartRequest } from '../callConnector.ts';
import type { LivePart } from '../liveQuestion.ts';
import { Unanswered } from '../unanswered.ts';
import { callService, type ServiceGiven, type ServiceParts } from './callService.ts';
import { allowedService } from './servicePlace.ts';

/** Maximum number of requests for one part: a list of values needs one request each. */
const maxRequests = 50;
/** Maximum rows of one answer, where the service has no pages. */
const maxRows = 1_000;

interface Place {
  readonly filling: number;
  /** from 1 */
  readonly page: number;
  /** rows of that page that are already returned */
  readonly row: number;
}

/**
 * @throws Problem provider_unavailable, provider_answer_invalid; live_lookup_needed, filter_value_invalid for questions that the service
 * does not support
 */
export async function queryService(
  services: ReleaseServices,
  dataset: LiveDataset,
  service: LiveServiceRow,
  requested: LivePartRequest,
): Promise<LivePart> {
  const { document } = service;
  const sent = sentConditions(document, requested.question.filter, maxRequests);
  const fields = fieldsSent(document).join(', ');
  if (sent === undefined) throw new Problem('live_lookup_needed', { fields, most: maxRequests });
  const { fillings, pushed, hubOnly } = sent;
  if (document.xml !== undefined && !fillings.every((one) => [...one.values()].every(canBeXml)))
    throw new Problem('filter_value_invalid', {}, { at: fields });
  const parts = await checkedParts(services, dataset, document, requested);
  const from = placeOf(requested.after, fillings.length);
  const request = (place: Place): Promise<ServiceGiven> =>
    oneRequest(services, parts, requested, {
      values: fillings[place.filling] ?? new Map(),
      page: place.page,
    });

  const first = fillings
    .slice(from.filling)
    .map((_, i) => (i === 0 ? from : { filling: from.filling + i, page: 1, row: 0 }));
  const given = await Promise.all(first.map(request));
  const taken = takenOf(first, given, document.pageRows, requested.limit);
  return {
    ...taken,
    pushed,
    hubOnly,
    failed: given.flatMap(({ failed }) => failed),
    statements: given.map(({ statement }) => statement),
    signed: document.signs,
    report: (reported) => storeFindings(services.database.app, findingsAt(services, requested), reported),
  };
}

const findingsAt = ({ database }: ReleaseServices, { dataset, exchange }: LivePartRequest) => ({
  dataset,
  exchange,
  now: database.now(),
});

/** A registered setting that is no longer valid is reported to the provider, not to the consumer. @throws Problem provider_unavailable */
async function checkedParts(
  services: ReleaseServices,
  dataset: LiveDataset,
  document: LiveServiceDocument,
  requested: LivePartRequest,
): Promise<ServiceParts> {
  try {
    return partsOf(services, dataset, document);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await storeFindings(services.database.app, findingsAt(services, requested), { refused: error.code });
    throw new Problem(
      'provider_unavailable',
      { dataset: requested.dataset },
      { headers: { 'retry-after': '60' }, cause: error },
    );
  }
}

function partsOf(
  services: ReleaseServices,
  dataset: LiveDataset,
  document: LiveServiceDocument,
): ServiceParts {
  const { live, identity, liveServices } = services;
  const department = providerOf(datasetId(dataset.row.id));
  return {
    document,
    place: allowedService(liveServices.places, department, document.url),
    mapping: liveMapping(dataset, document.mapping).compiled,
    compiled: dataset.compiled,
    calls: liveServices.calls,
    key: live.key,
    keyOf: (keyid) => identity.keyInForce(keyid, department),
    maxRows: document.pageRows ?? maxRows,
  };
}

/** One request in its turn; a problem with the answer as a whole is stored for the provider. */
async function oneRequest(
  services: ReleaseServices,
  parts: ServiceParts,
  requested: LivePartRequest,
  filling: { readonly values: ReadonlyMap<string, string | number | boolean>; readonly page: number },
): Promise<ServiceGiven> {
  const { live, database } = services;
  return live.inTurn(requested.dataset, async (until) => {
    try {
      const patience = until - performance.now();
      return await callService(parts, {
        exchange: requested.exchange,
        filling,
        patience,
        now: database.now(),
        traceparent: requested.traceparent,
      });
    } catch (error) {
      if (error instanceof Unanswered)
        await storeFindings(database.app, findingsAt(services, requested), {
          refused: `${error.kind}: ${error.reason}`,
        });
      throw error;
    }
  });
}

/** Rows in their order, up to the limit, or up to further pages of the service that were not requested yet. */
function takenOf(
  places: readonly Place[],
  given: readonly ServiceGiven[],
  full: number | undefined,
  limit: number,
): Pick<LivePart, 'answer' | 'behind'> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  const after: string[] = [];
  const upTo = (behind: string | undefined): Pick<LivePart, 'answer' | 'behind'> => ({
    answer: { rows, after, more: behind !== undefined },
    behind,
  });
  for (const [i, { filling, page, row: skipped }] of places.entries()) {
    const one = given[i];
    if (one === undefined) break;
    for (const [at, row] of one.rows.entries()) {
      if (at < skipped) continue;
      if (rows.length === limit) return upTo(textOf({ filling, page, row: at }));
      rows.push(row);
      after.push(textOf({ filling, page, row: at + 1 }));
    }
    if (full !== undefined && one.records >= full) return upTo(textOf({ filling, page: page + 1, row: 0 }));
  }
  return upTo(undefined);
}

const textOf = ({ filling, page, row }: Place): string => `${filling}.${page}.${row}`;

/** @throws Problem cursor_expired: the place belongs to another kind of question, or to one with fewer values */
function placeOf(after: string | undefined, fillings: number): Place {
  if (after === undefined) return { filling: 0, page: 1, row: 0 };
  const [, filling, page, row] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/.exec(after) ?? [];
  const place = { filling: Number(filling), page: Number(page), row: Number(row) };
  if (filling === undefined || place.filling >= fillings || place.page < 1)
    throw new Problem('cursor_expired');
  return place;
}
