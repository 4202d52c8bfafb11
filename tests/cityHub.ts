/**
 * A hub in which the sample city is registered. The first test file of a run that asks makes it; the others copy its database, keys and
 * state folder. To register the city takes seconds, and more than a hundred files want it.
 */
import { createPrivateKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Client } from 'pg';
import { signingKey } from '../certs/signatures/index.ts';
import { asLogin, openDatabase, type DatabaseOptions } from '../hub/platform/database/database.ts';
import { templateName, type TestCluster } from './cluster.ts';
import { databaseFrom, testCluster, unhurried, withDatabase, type TestDatabase } from './database.ts';
import {
  applyTo,
  machineOf,
  sampleCity,
  testHub,
  type City,
  type Machine,
  type TestHub,
  type TestHubOptions,
} from './hub.ts';

const template = 'datong_city';
/** Key of the lock under which the city is made once. */
const lock = 7_301_200;

export interface CityHub {
  readonly database: TestDatabase;
  readonly hub: TestHub;
  readonly city: City;
}

/** What a copy of the city needs besides its database and its state folder. */
interface StoredCity {
  readonly operator: string;
  readonly security: string;
  readonly machines: Readonly<Record<'education' | 'publicSecurity' | 'ecology', StoredMachine>>;
}

type StoredMachine = Pick<Machine, 'department' | 'serial' | 'tls'> & { readonly signing: string };

/**
 * For one test file, at its top: a hub with the sample city (`sampleCity`) on a database that no other file uses, stopped when the file's tests
 * have ended.
 * @param of the database @returns the three that `testDatabase`, `testHub` and `sampleCity` would have made
 */
export async function cityHub(
  options: Omit<TestHubOptions, 'database' | 'stateOf' | 'keysDir'> = {},
  of: DatabaseOptions = {},
): Promise<CityHub> {
  const folder = await storedCity(await testCluster());
  const { operator, security, machines } = JSON.parse(
    await readFile(join(folder, 'city.json'), 'utf8'),
  ) as StoredCity;
  const database = await databaseFrom(template, of);
  const hub = await testHub({ ...options, database, stateOf: join(folder, 'state') });
  const opened = {
    education: opens(machines.education),
    publicSecurity: opens(machines.publicSecurity),
    ecology: opens(machines.ecology),
  };
  after(async () => {
    for (const { client } of Object.values(opened)) client.close();
    await hub.stop();
  });
  const apply = applyTo(hub, { operator, security });
  return { database, hub, city: { operator, security, ...opened, apply } };

  function opens({ signing, ...machine }: StoredMachine): Machine {
    return machineOf({ ...machine, signing: signingKey(createPrivateKey(signing)) }, hub);
  }
}

/** @returns the folder of the city; made where there is none */
async function storedCity({ address, folder: parent }: TestCluster): Promise<string> {
  const folder = join(parent, 'city');
  const record = join(folder, 'city.json');
  const makeOnce = async (login: Client): Promise<void> => {
    await login.query('SELECT pg_advisory_lock($1)', [lock]);
    // the record is written last
    if (!existsSync(record)) await writeFile(record, JSON.stringify(await makeCity(address, folder)));
  };
  await asLogin(address, makeOnce, unhurried);
  return folder;
}

async function makeCity(address: TestCluster['address'], folder: string): Promise<StoredCity> {
  const create = `CREATE DATABASE ${template} TEMPLATE ${templateName}`;
  await asLogin(address, (login) => login.query(create), unhurried);
  const database = await openDatabase(withDatabase(address, template), { connections: 5, durable: false });
  try {
    const hub = await testHub({ database, jobsByTime: false });
    const { operator, security, education, publicSecurity, ecology } = await sampleCity(hub);
    // its first run records the version of the server: that entry would come in the middle of a test
    if ((await hub.hub.runner.run('verifyRows')) !== 'ok') throw new Error('verifyRows failed');
    await hub.hub.stop();
    await cp(hub.stateDir, join(folder, 'state'), { recursive: true });
    await hub.stop();
    const machines = {
      education: storedMachine(education),
      publicSecurity: storedMachine(publicSecurity),
      ecology: storedMachine(ecology),
    };
    return { operator, security, machines };
  } finally {
    await database.close();
  }
}

const storedMachine = ({ department, serial, tls, signing }: Machine): StoredMachine => ({
  department,
  serial,
  tls,
  signing: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
