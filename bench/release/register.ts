import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { City } from '../../tests/hub.ts';

/** Seed of its people. */
export const registerSeed = 11;

/**
 * Sends a register of so many rows and returns the numbers of those in it whom schools may ask about. Nothing else of it is retained: each
 * collection in the hub's process would scan a hundred thousand invented persons.
 */
export async function sendRegister({ publicSecurity }: City, rows: number): Promise<readonly string[]> {
  const { bytes, people } = register(rows);
  await publicSecurity.client.sendFile('pub-security.household', bytes, { mapping: 'household' });
  return people;
}

function register(rows: number): { readonly bytes: Uint8Array; readonly people: readonly string[] } {
  const { bytes, good } = householdFile(rows, registerSeed);
  return { bytes, people: good.filter(({ region }) => region !== '990103').map(({ id }) => id) };
}
