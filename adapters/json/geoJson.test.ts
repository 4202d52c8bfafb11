import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { featureReader, featureTexts } from './geoJson.ts';

const feature = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [121.5, 31.2] },
  properties: { id: 1 },
};
const named = (name: string): object => ({ type: 'name', properties: { name } });
const known = named('urn:ogc:def:crs:EPSG::4326');
const row = { id: 1, place: feature.geometry };
const read = (document: object): unknown[] =>
  featureTexts(JSON.stringify(document), 32).map((text, i) => {
    const found = featureReader({ name: 'place', nullable: false })(text, i + 1, 32);
    return 'problems' in found ? found.problems[0]?.rule : found.record;
  });

describe('the member crs of GeoJSON of 2008', () => {
  test('is accepted in a collection and in a feature where it names longitude and latitude', () => {
    assert.deepEqual(read({ type: 'FeatureCollection', crs: known, features: [feature] }), [row]);
    assert.deepEqual(read({ ...feature, crs: known }), [row]);
    assert.deepEqual(read({ type: 'FeatureCollection', features: [{ ...feature, crs: known }] }), [row]);
  });

  test('is refused where it names another system, or none (null)', () => {
    const isRefused = (error: unknown): boolean => error instanceof Problem && error.code === 'geojson_crs';
    for (const crs of [null, {}, 'x', { properties: null }, named('urn:ogc:def:crs:EPSG::3857')]) {
      const text = JSON.stringify(crs);
      assert.throws(() => read({ type: 'FeatureCollection', crs, features: [feature] }), isRefused, text);
      assert.throws(() => read({ ...feature, crs }), isRefused, text);
      const inside = read({ type: 'FeatureCollection', features: [{ ...feature, crs }] });
      assert.deepEqual(inside, ['geojson.feature'], text);
    }
  });
});
