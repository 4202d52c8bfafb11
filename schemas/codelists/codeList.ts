/** Code lists as versioned data. A code has dates: Chongwen (110103) was a district of Beijing until 2010. */
export interface CodeEntry {
  readonly code: string;
  readonly zh: string;
  readonly en?: string;
  /** code of the group it belongs to */
  readonly parent?: string;
  /** first and last day (YYYY-MM-DD) on which the code was in force; absent = no bound known */
  readonly from?: string;
  readonly to?: string;
  /** outline of the region that the code names */
  readonly area?: Area;
}

/** Positions of a closed line: the last is the first. */
export type Ring = readonly (readonly [longitude: number, latitude: number])[];
/** The outer ring, then the holes. */
export type Rings = readonly Ring[];

/** A GeoJSON geometry (RFC 7946) in WGS 84 or CGCS2000. */
export type Area =
  | { readonly type: 'Polygon'; readonly coordinates: Rings }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly Rings[] };

export const polygonsOf = (area: Area): readonly Rings[] =>
  area.type === 'Polygon' ? [area.coordinates] : area.coordinates;

export interface CodeList {
  /** `gbt2260`; `urn:datong:code:gbt2260` in schemas */
  readonly id: string;
  readonly version: string;
  /** effective date (YYYY-MM-DD) of this version; absent = earlier than every version with a date */
  readonly from?: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** origin of the codes, for people */
  readonly source?: string;
  readonly entries: readonly CodeEntry[];
  /** this list adds codes to another one: a city's own zones to GB/T 2260, or a demonstration's fictional regions */
  readonly supplements?: string;
}

/** Whether a version is effective on a day (YYYY-MM-DD). */
export const counts = ({ from }: Pick<CodeList, 'from'>, day: string): boolean =>
  from === undefined || from <= day;

/** Whether one of two versions is effective later: by its date, or without dates by the text of the version. */
export function isNewer(one: CodeList, other: CodeList): boolean {
  const [from, before] = [one.from ?? '', other.from ?? ''];
  return from === before ? one.version >= other.version : from > before;
}

/** Whether an entry was in force at a date (`YYYY`, `YYYY-MM-DD`); without a date, whether it ever was. A year matches any day in it. */
export function inForce(entry: CodeEntry, at: string | undefined): boolean {
  if (at === undefined) return true;
  const first = at.length === 4 ? `${at}-01-01` : at;
  const last = at.length === 4 ? `${at}-12-31` : at;
  return (entry.from === undefined || entry.from <= last) && (entry.to === undefined || entry.to >= first);
}
