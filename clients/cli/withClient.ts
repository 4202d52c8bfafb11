import { translated } from './reportedValues.ts';
import { readFileSync } from 'node:fs';
import { dayInChina } from '../../terms/civilDate.ts';
import { Problem } from '../../terms/problem.ts';
import { checkpointsInFile } from '../sdk/checkpointFile.ts';
import { keepCertificateRenewed, type Keeper } from '../sdk/certificateKeeper.ts';
import { keepRootFresh } from '../sdk/rootKeeper.ts';
import { DatongClient } from '../sdk/datongClient.ts';
import { DatongProblem } from '../sdk/datongProblem.ts';
import { saveExchange, type StoredExchange } from '../sdk/storedExchange.ts';
import type { Profile, ProfileDocument } from '../sdk/profile.ts';
import { exitOfProblem } from './exitCode.ts';
import { storeIn, storeRootIn } from './enrol/renewCertificate.ts';
import { nextStep } from './nextStep.ts';
import { openStoredProfile, type ProfileOptions } from './profile.ts';
import { flagOf, type TypedWords } from './fetch/queryOptions.ts';
import { data, exitCode, failureOf, findingLines, say, talk, VerbFailure } from './verb.ts';

export interface ClientVerbOptions extends ProfileOptions {
  readonly json?: boolean;
  /** folder for request, reply and receipt */
  readonly save?: string;
}

/**
 * Runs a verb with a client of the profile in the options. A refusal becomes exit 1 with the hub's own text, an invalid reply exit 5, the
 * network exit 3. With `--json` a refusal is also printed on stdout, as `{ok: false, code, …}`.
 * @param typed by which a refusal of a field names the flag that set it
 */
export async function withClient(
  options: ClientVerbOptions,
  action: (client: DatongClient, profile: Profile) => Promise<void>,
  typed: TypedWords = {},
): Promise<void> {
  const { profile, checkpoint, file } = openStoredProfile(options);
  const retained = checkpointsInFile(checkpoint, profile.hub.ca);
  const client = DatongClient.fromProfile(
    profile,
    retained,
    file === undefined ? undefined : storeRootIn(file),
  );
  const keeper = file === undefined ? undefined : certificateOf(client, file);
  const root = keepRootFresh(client, profile.hub.ca);
  try {
    await keeper?.look();
    await root.look();
    await action(client, profile);
    await client.settle();
    printUnproven(client);
    printLeaving(client);
  } catch (error) {
    if (error instanceof DatongProblem)
      throw Object.assign(await refused(error, options, typed), { cause: error });
    if (error instanceof Problem && error.code.startsWith('reply_')) throw notTrusted(error, options);
    throw error;
  } finally {
    keeper?.stop();
    root.stop();
    client.close();
  }
}

/**
 * The certificate of a department is renewed before a verb begins, and every hour under one that runs for days. Keys that are not stored
 * next to the profile are left to their owner.
 */
function certificateOf(client: DatongClient, file: string): Keeper | undefined {
  const { tls } = JSON.parse(readFileSync(file, 'utf8')) as ProfileDocument;
  if (!tls.cert.startsWith('datong-keys/')) return undefined;
  return keepCertificateRenewed(client, {
    keep: storeIn(file),
    renewed: ({ serial, notAfter }) =>
      talk({
        zh: `证书已自动换发：${serial}，有效期至 ${notAfter}`,
        en: `renewed by itself: certificate ${serial}, valid until ${notAfter}`,
      }),
    failed: (error) => {
      const { text } = failureOf(error);
      talk({ zh: `证书未能自动换发：${text.zh}`, en: `the certificate could not be renewed: ${text.en}` });
    },
  });
}

/** A hub that gives no proof is believed for a day, and never silently. */
function printUnproven({ unprovenSince }: DatongClient): void {
  if (unprovenSince === undefined) return;
  talk({
    zh: `注意：自 ${unprovenSince} 起枢纽未能证明其日志只增不改；一天后将不再采信其答复`,
    en: `note: since ${unprovenSince} the hub has not proven that its log only grew; after a day its replies are not believed any more`,
  });
}

/** A deprecated version is reported with every verb that received an answer of it. */
function printLeaving({ deprecations }: DatongClient): void {
  for (const { dataset, sunset } of deprecations.all()) {
    const last = sunset === undefined ? undefined : dayInChina(Date.parse(sunset) - 1);
    talk(
      last === undefined
        ? {
            zh: `注意：数据资源 ${dataset} 的现版本即将停用，日期未定`,
            en: `note: the version of ${dataset} that answers is on its way out; no day is agreed`,
          }
        : {
            zh: `注意：数据资源 ${dataset} 的现版本即将停用，最后一天为 ${last}`,
            en: `note: the version of ${dataset} that answers is on its way out; its last day is ${last}`,
          },
    );
  }
}

/** Stores request, reply and receipt of an exchange where `--save` asks for it. */
export async function storeEvidence(options: ClientVerbOptions, retained: StoredExchange): Promise<void> {
  if (options.save === undefined) return;
  const place = await saveExchange(options.save, retained);
  talk({ zh: `证据已存入 ${place}`, en: `evidence stored in ${place}` });
}

async function refused(
  problem: DatongProblem,
  options: ClientVerbOptions,
  typed: TypedWords,
): Promise<VerbFailure> {
  if (options.json === true) data(JSON.stringify(refusalJson(problem)));
  if (problem.kept !== undefined) await storeEvidence(options, problem.kept);
  const exit = exitOfProblem(problem);
  const { code } = problem;
  const text = { zh: `${problem.text.zh}（${code}）`, en: `${problem.text.en} (${code})` };
  return new VerbFailure(exit, text, nextStep(problem), [
    ...refusalFacts(problem, typed),
    ...findingLines(problem.findings),
  ]);
}

/** Stable shape of a refusal under `--json`. */
function refusalJson(problem: DatongProblem): object {
  const { status, code, text, next, who, check, expected, received, at, findings, exchange } = problem;
  return {
    ok: false,
    status,
    code,
    detail: text,
    next,
    who,
    check,
    expected,
    received,
    at,
    findings,
    exchange,
  };
}

/** Further facts of a refusal: check, place and flag, expected and received values, and the id of its entry. */
export function refusalFacts(problem: DatongProblem, typed: TypedWords = {}): readonly string[] {
  const { check, expected, received, exchange } = problem;
  const flag = problem.at === undefined ? undefined : flagOf(problem.at, typed);
  const at =
    flag === undefined || flag === `--${problem.at ?? ''}`
      ? (flag ?? problem.at)
      : `${problem.at ?? ''} (${flag})`;
  return Object.entries({ check, at, expected, received, exchange }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${translated('label', name)}${say({ zh: '：', en: ': ' })}${value}`],
  );
}

function notTrusted(problem: Problem, options: ClientVerbOptions): VerbFailure {
  const { code, text, next } = problem;
  if (options.json === true) data(JSON.stringify({ ok: false, code, detail: text, next }));
  const { zh, en } = text;
  return new VerbFailure(exitCode.verification, { zh: `${zh}（${code}）`, en: `${en} (${code})` }, next);
}
