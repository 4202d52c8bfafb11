/** GeoJSON (RFC 7946), as far as rows with a place travel by it. */
export const geoJsonType = 'application/geo+json';

/** A row: its point is the geometry, its other fields are the properties. */
export interface Feature {
  readonly type: 'Feature';
  /** longitude and latitude; null where the row has no point, or a mask put another value in its place */
  readonly geometry: {
    readonly type: 'Point';
    readonly coordinates: readonly [longitude: number, latitude: number];
  } | null;
  readonly properties: Readonly<Record<string, unknown>>;
}
