import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { asksGeoJson, featureCollection } from './geoJson.ts';

const asked = (accept: string): boolean =>
  asksGeoJson({ rawHeaders: ['Accept', accept] } as unknown as CallHead);

test('a caller that names GeoJSON, and does not prefer JSON, gets it', () => {
  for (const accept of [
    'application/geo+json',
    'Application/GEO+JSON; charset=utf-8',
    'application/geo+json, application/json',
    'application/json;q=0.9, application/geo+json',
    'text/html, application/geo+json;q=0.5, */*;q=0.1',
  ])
    assert.ok(asked(accept), accept);
  for (const accept of [
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/json, application/geo+json',
    'application/geo+json;q=0.5, application/json',
    'application/geo+json;q=0',
    'application/geo+json;q=much',
    'application/geo+jsonx',
  ])
    assert.ok(!asked(accept), accept);
});

test('a mask that makes no point of a place leaves its value among the properties', () => {
  const { features } = featureCollection(
    [{ id: 'a', place: '***' }, { id: 'b', place: null }, { id: 'c' }],
    { withheld: {}, rows: { delivered: 3, withheld: 0 } },
    'place',
  );
  assert.deepEqual(
    features.map(({ geometry, properties }) => [geometry, properties]),
    [
      [null, { id: 'a', place: '***' }],
      [null, { id: 'b' }],
      [null, { id: 'c' }],
    ],
  );
});
