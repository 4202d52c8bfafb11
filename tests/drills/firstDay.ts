/** The first day of a drill's hub: departments, an agreement and rows. */
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { sampleCity, testHub, type City, type TestHub, type TestHubOptions } from '../hub.ts';
import { dataset } from './load.ts';

export interface FirstDay {
  /** it serves; the caller stops it */
  readonly made: TestHub;
  readonly city: City;
  /** numbers of the persons whose rows the agreement opens */
  readonly persons: readonly string[];
}

export async function firstDay(options: TestHubOptions): Promise<FirstDay> {
  const made = await testHub(options);
  const city = await sampleCity(made, 1_000_000_000);
  const file = householdFile(2_000, 11);
  await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
  const persons = file.good.filter(({ region }) => region !== '990103').map(({ id }) => id);
  return { made, city, persons };
}
