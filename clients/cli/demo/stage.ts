/** The stage of the demo: a hub of its own, departments enrolled, and a state file by which every verb finds them. */
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { startHub, type Hub } from '../../../hub/main.ts';
import { hubLogger } from '../../../hub/report.ts';
import type { DemoState, ProfileDocument } from '../../sdk/profile.ts';
import { applyDocuments, type Applied } from '../apply/applyDocuments.ts';
import { readDocuments } from '../apply/readDocuments.ts';
import type { Signer } from '../apply/requestOf.ts';
import { staffClient, type StaffClient } from '../apply/staffCall.ts';
import { bodyOf } from '../approve/waiting.ts';
import { openStaffAccess } from '../profile.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { commandPrefix, databaseOf, removeState, stateFile, enrolledProfile } from './demoState.ts';
import type { DemoResources } from './narrator.ts';
import { openPersonApp, type PersonApp } from './personApp.ts';
import { enrolMachine, founders, admitPerson, otherStaff, type AdmittedRole } from './staffTokens.ts';
import type { AnchorsFile } from '../../../log/anchors.ts';

export interface Stage {
  readonly hub: Hub;
  readonly folder: string;
  /** evidence of the story */
  readonly evidence: string;
  /** codes of those that were there when the hub was ready */
  readonly departments: readonly string[];
  /** calls of the operator on the staff listener */
  readonly operator: StaffClient;
  /** Registers the documents of a file of samples/. @throws VerbFailure at the first refusal */
  apply(file: string, signers?: readonly Signer[]): Promise<readonly Applied[]>;
  /** Registers the departments of a file of samples/ and enrols a machine of each. @returns their codes */
  admit(file: string): Promise<readonly string[]>;
  /** Enrols one more machine of a department, in a folder of its own. */
  enrol(
    department: string,
    name?: string,
  ): Promise<{ readonly profile: ProfileDocument; readonly serial: string }>;
  /** Admits one more member of staff, under a name that `--as` finds. @returns their token */
  admitPerson(as: string, name: string, role: AdmittedRole): Promise<string>;
  /** prefix of the viewer's commands, where several demos run */
  readonly commandPrefix: string;
  /** the app that opens a person's own page */
  readonly personApp: PersonApp;
}

const samples = resolve(import.meta.dirname, '../../../samples');

/** The only document of a file of samples/. */
export const sampleDocument = (file: string): unknown => parse(readFileSync(join(samples, file), 'utf8'));

/** @throws Problem of database or ports, VerbFailure */
export async function raiseStage({ folder, config, server, closing }: DemoResources): Promise<Stage> {
  const personApp = await openPersonApp(8447);
  closing.push(() => personApp.close());
  const logFile = join(folder, 'hub.log');
  const hub = await startHub(config, {
    createKeys: true,
    portTaken: 'next',
    demo: { port: 8440, own: 8441, personApp: personApp.origin },
    logger: hubLogger('warn', createWriteStream(logFile, { flags: 'a', mode: 0o600 })),
    postgres: { server },
  });
  closing.push(() => hub.stop());
  const pin = pinOf(hub.keys.authority.rootCertificate);
  const first = await founders(hub, pin);
  const address = {
    exchange: hub.origins.exchange,
    open: hub.origins.open,
    staff: hub.origins.staff,
    ca: hub.keys.authority.rootCertificate,
    pin,
    keys: hub.services.identity.jwks(),
    anchors: writeAnchors(join(folder, 'evidence'), hub),
  };
  const state = stateFile(folder);
  if (state.own) process.env['DATONG_STATE'] = state.path;
  let shown: DemoState = {
    v: 1,
    pid: process.pid,
    hub: address,
    profiles: {},
    staff: first,
    admin: hub.origins.admin,
    evidence: join(folder, 'evidence'),
    ...databaseOf(hub),
  };
  const save = (change: Partial<DemoState>): void => {
    shown = { ...shown, ...change };
    writeFileSync(state.path, `${JSON.stringify(shown, undefined, 2)}\n`, { mode: 0o600 });
  };
  save({});
  closing.push(() => removeState(state.path));
  const operator = staffClient(openStaffAccess({ as: 'operator' }));
  closing.push(() => operator.close());
  const security = openStaffAccess({ as: 'security' }).token;
  const admitting = { open: hub.origins.open, pin, operator, security };
  save({ staff: { ...shown.staff, ...(await otherStaff(admitting)) } });

  const apply: Stage['apply'] = async (file, signers = []) => {
    const applied = await applyDocuments(readDocuments(join(samples, file)), {
      client: operator,
      signers,
      approveWith: security,
    });
    const refused = applied.find((one) => one.outcome === 'refused');
    if (refused === undefined) return applied;
    const text = refused.message ?? { zh: refused.code ?? '', en: refused.code ?? '' };
    throw new VerbFailure(
      exitCode.refused,
      { zh: `${file}：${text.zh}`, en: `${file}: ${text.en}` },
      refused.next,
    );
  };
  const enrol: Stage['enrol'] = async (department, name = department) => {
    const place = join(folder, 'departments', name);
    const serial = await enrolMachine(admitting, department, place);
    return { profile: enrolledProfile(place, hub.origins.staff), serial };
  };

  const admitStaff: Stage['admitPerson'] = async (as, name, role) => {
    const issued = await admitPerson(admitting, name, role);
    save({ staff: { ...shown.staff, [as]: issued } });
    return issued.token;
  };

  const admit: Stage['admit'] = async (file) => {
    const admitted = (await apply(file)).map(({ name }) => name);
    const profiles = { ...shown.profiles };
    for (const department of admitted) profiles[department] = (await enrol(department)).profile;
    save({ profiles });
    return admitted;
  };

  const departments = await admit('city/departments.yaml');
  await apply('city/regions.yaml');
  await apply('city/purposes.yaml');
  await apply('city/matters.yaml');
  return {
    hub,
    folder,
    evidence: join(folder, 'evidence'),
    departments,
    operator,
    apply,
    admit,
    enrol,
    admitPerson: admitStaff,
    commandPrefix: commandPrefix(state),
    personApp,
  };
}

/* anchors.json and log.vkey: a verifier compares them by another channel first. */

/** @returns path of anchors.json */
export function writeAnchors(folder: string, { services: { keys, identity } }: Hub): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const anchors: AnchorsFile = {
    v: 1,
    origin: keys.log.name,
    jwks: { keys: [...identity.jwks().keys] },
    logKeys: [keys.log.vkey],
    logKeyRotations: keys.log.rotations(),
    rootCertificate: keys.authority.rootCertificate,
  };
  const path = join(folder, 'anchors.json');
  writeFileSync(path, `${JSON.stringify(anchors, undefined, 2)}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'log.vkey'), `${keys.log.vkey}\n`, { mode: 0o600 });
  return path;
}

/** Accepts a proposal as the person of the token. @throws DatongRefusal */
export async function acceptProposal(
  client: StaffClient,
  proposal: unknown,
  token: string | undefined,
): Promise<void> {
  const path = `/v1/proposals/${String(proposal)}`;
  const { digest } = bodyOf(await client.get(path, token));
  bodyOf(await client.post(`${path}/acceptance`, { digest }, token));
}

/** An act that ended differently from its story. */
export const unexpected = (): VerbFailure =>
  new VerbFailure(exitCode.refused, { zh: '演示未按剧情进行', en: 'the story went another way' });
