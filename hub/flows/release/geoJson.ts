/** Answers of a query as GeoJSON. */
import { featureOf } from '../../../schemas/places/feature.ts';
import { geoJsonType, type Feature } from '../../../terms/geoJson.ts';
import type { CallHead } from '../../identity/authentication/caller.ts';
import type { ReplyOf } from '../../pipeline/contract.ts';
import { headerOf } from '../../pipeline/requestChecks.ts';

/**
 * Whether a caller asks for GeoJSON: `Accept` names it, with a higher weight than JSON or, at the same weight, before it (RFC 9110 §12.5.1).
 * @throws Problem header_duplicate
 */
export function asksGeoJson(head: CallHead): boolean {
  const ranges = (headerOf(head, 'accept') ?? '').toLowerCase().split(',').map(weighed);
  const geoJson = ranges.findIndex(({ type }) => type === geoJsonType);
  const json = ranges.findIndex(({ type }) => type === 'application/json');
  const [wanted, other] = [ranges[geoJson]?.weight ?? 0, ranges[json]?.weight ?? 0];
  return wanted > other || (wanted === other && wanted > 0 && geoJson < json);
}

function weighed(range: string): { readonly type: string; readonly weight: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
  const weight = parameters.find((one) => one.startsWith('q='))?.slice(2) ?? '1';
  // an unreadable weight counts as none
  return { type, weight: Number(weight) || 0 };
}

type Rest = Omit<ReplyOf<'queryDataset', 200>, 'records'>;

/** The same answer as a FeatureCollection; what else it has becomes members of the collection. @param place the field of the point */
export function featureCollection(
  records: readonly Readonly<Record<string, unknown>>[],
  rest: Rest,
  place: string,
): Rest & { readonly type: 'FeatureCollection'; readonly features: readonly Feature[] } {
  return { type: 'FeatureCollection', features: records.map((record) => featureOf(record, place)), ...rest };
}
