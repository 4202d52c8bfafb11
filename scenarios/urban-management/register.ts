/** Registers the city, its machines, and an agreement for each party that reads cases. */
import { join } from 'node:path';
import { civilDateInChina } from '../../terms/civilDate.ts';
import { districtsFile } from '../city/seededCity.ts';
import type { Stage } from '../stage.ts';
import { agreementOf, dataset } from './party.ts';

export const bureau = 'urban-management';
export const departments = [
  ...['transport', 'water', 'housing', 'ecology', 'pub-security'],
  ...['emergency', 'landscape', 'market', 'health', 'civil-affairs'],
] as const;
export const contractors = ['sweeping', 'lighting', 'drains', 'roads', 'greening'] as const;
export const handlers: readonly string[] = [...contractors, ...departments];

/** @param fields masks of the granted fields */
function agreement(consumer: string, rows: object, fields: object): object {
  const { year } = civilDateInChina(Date.now());
  return {
    kind: 'Agreement',
    id: agreementOf(consumer),
    version: 1,
    title: { zh: '城市管理案件', en: 'City cases' },
    provider: 'hotline',
    consumer,
    purposes: ['city-cases'],
    basis: { type: 'statutory', reference: '城市市容和环境卫生管理条例', clause: '第四条' },
    valid: { from: `${year}-01-01T00:00:00+08:00`, until: `${year + 3}-01-01T00:00:00+08:00` },
    grants: [
      {
        dataset,
        schema: 'city-case@1',
        ...rows,
        filterBy: ['case', 'status', 'place'],
        requires: ['on-behalf-of'],
        limits: { rowsPerCall: 1000, callsPerDay: 200_000 },
        fields,
      },
    ],
  };
}

export async function register(stage: Stage, folder: string): Promise<void> {
  await stage.apply(join(folder, 'city.yaml'));
  await stage.apply(districtsFile);
  for (const department of ['hotline', bureau, ...handlers]) await stage.enrol(department);
  const clear = { mask: 'clear' };
  const work = {
    case: clear,
    category: clear,
    street: clear,
    place: clear,
    status: clear,
    note: clear,
    photo: { mask: 'stripMetadata' },
    after_photo: { mask: 'stripMetadata' },
  };
  const own = (handler: string): object => ({
    rows: { all: [{ field: 'assigned_to', op: 'eq', value: handler }] },
  });
  await stage.apply(
    [
      agreement(bureau, {}, Object.assign({ reported_day: clear, assigned_to: clear }, work)),
      ...handlers.map((handler) => agreement(handler, own(handler), work)),
    ],
    { signers: ['hotline', bureau, ...handlers] },
  );
}
