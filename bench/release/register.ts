import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { City } from '../../tests/hub.ts';

/** Of the people whom it names. */
export const registerSeed = 11;

/**
 * A register of so many rows, and the numbers of those in it whom schools may ask about. Nothing else of it stays: a hundred thousand invented persons in the
 * process of the hub would be gone through with each of its collections.
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
