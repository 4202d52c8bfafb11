/** A city for tests of the registry's and requests' pages: what waits for each person, with texts of attackers wherever a department may write. */
import type { Browser, Page } from 'playwright-core';
import assert from 'node:assert/strict';
import { admitPerson } from '../admitPerson.ts';
import { testDatabase, type TestDatabase } from '../database.ts';
import { sampleCity, testHub, type City, type TestHub, type TestHubOptions } from '../hub.ts';
import type { Role } from '../../hub/domain/permissions.ts';
import type { Watched } from './openBrowser.ts';
import { attack, openPage, signInAs, type Language, type Looking } from './pages.ts';

export const textOfAttacker = { zh: attack, en: attack };

export interface Reader {
  readonly token: string;
  readonly name: string;
}
export interface RegistryCity {
  readonly database: TestDatabase;
  readonly hub: TestHub;
  readonly city: City;
  readonly origin: string;
  /** Admits a person, who may be picked on the sign-in page of the demo. */
  person(name: string, role: Role, department?: string): Promise<Reader>;
  /** @throws AssertionError where the hub refuses it */
  staff(by: Reader, method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** @param jobsByTime false: nothing happens by itself @param more of the hub */
export async function registryCity(
  jobsByTime = true,
  { config, ...more }: Partial<Omit<TestHubOptions, 'database'>> = {},
): Promise<RegistryCity> {
  const database = await testDatabase();
  const hub = await testHub({
    ...more,
    database,
    jobsByTime,
    demo: { port: 0 },
    strangers: { rate: 1_000, burst: 1_000 },
    // no server listens there: what is sent remains under way
    config: {
      ...config,
      reminders: {
        mail: { host: 'localhost', port: 9, from: 'hub@yunxi.example', domains: ['yunxi.example'] },
      },
    },
  });
  const city = await sampleCity(hub);
  return {
    database,
    hub,
    city,
    origin: hub.hub.console,
    async person(name, role, department) {
      const { token } = await admitPerson(hub.hub.services.identity, name, [{ role, department }]);
      return { token, name };
    },
    async staff({ token }, method, path, body) {
      const { status, json } = await hub.staff(token, method, path, body);
      assert.ok(status < 300, `${method} ${path}: ${JSON.stringify(json)}`);
      return json;
    },
  };
}

export const signedIn = (
  browser: Browser,
  { origin }: RegistryCity,
  language: Language,
  { name }: Reader,
): Promise<Watched> => signInAs(browser, origin, language, name);

export const open = (page: Page, { origin }: RegistryCity, path: string): Promise<void> =>
  openPage(page, origin, path);

/** How the pages of a group are checked in a city, by those who read them. */
export const lookingIn = <Who extends string>(
  browser: Browser,
  town: RegistryCity,
  readers: Readonly<Record<Who, Reader>>,
): Pick<Looking<Who>, 'signedIn' | 'open'> => ({
  signedIn: (language, who) => signedIn(browser, town, language, readers[who]),
  open: (page, path) => open(page, town, path),
});
