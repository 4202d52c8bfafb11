import type { Feature } from '../../terms/geoJson.ts';
import { positionOf } from './point.ts';

/**
 * A row as a GeoJSON feature. A value at the place that is no point, such as a mask's text, remains among the properties.
 * @param place the field of the point
 */
export function featureOf(row: Readonly<Record<string, unknown>>, place: string): Feature {
  const { [place]: value, ...others } = row;
  const coordinates = positionOf(value);
  const isMasked = coordinates === undefined && value !== undefined && value !== null;
  return {
    type: 'Feature',
    geometry: coordinates === undefined ? null : { type: 'Point', coordinates },
    properties: isMasked ? { ...others, [place]: value } : others,
  };
}
