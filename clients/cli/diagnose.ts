/** `datong client diagnose`: checks certificate, key, clock and signature, from the files on this machine to the hub's verification. */
import { translated } from './reportedValues.ts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import {
  compareBases,
  type BaseDifference,
  type Diagnosis,
  readSignature,
  requestBase,
} from '../../certs/signatures/index.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { ExchangeDiagnosis } from '../sdk/exchanges.ts';
import type { DatongClient } from '../sdk/datongClient.ts';
import { DatongProblem } from '../sdk/datongProblem.ts';
import type { Profile } from '../sdk/profile.ts';
import { withProfile } from './profile.ts';
import { data, dataLines, exitCode, failureOf, say } from './verb.ts';
import { refusalFacts, withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

/** One step of the diagnosis: what was checked, the result, and what to do where it failed. */
interface Step {
  readonly step: string;
  readonly ok: boolean;
  readonly code?: string;
  readonly detail: Bilingual;
  readonly next?: Bilingual;
  readonly facts?: readonly string[];
}

interface Outcome {
  readonly steps: readonly Step[];
  readonly diagnosis?: Diagnosis;
  readonly difference?: BaseDifference;
  /** whether the hub could be reached at all */
  readonly network: boolean;
}

export function register(program: Command): void {
  withProfile(program.command('diagnose'))
    .description(
      '对照枢纽检查证书、签名密钥、时钟和签名，说明如何修正 / check certificate, signing key, clock and signature against the hub, and report what to correct',
    )
    .argument(
      '[exchange]',
      'what became of this exchange instead: the id of a reply, a refusal or a line of datong audit logs',
    )
    .option('--base', 'print the signature base as the hub computes it')
    .option('--json', 'print the outcome as JSON')
    .action((exchange: string | undefined, options: ClientVerbOptions & { base?: boolean }) =>
      exchange === undefined ? run(options) : reportExchange(exchange, options),
    );
}

/** What happened to one exchange, according to the log. */
async function reportExchange(exchange: string, options: ClientVerbOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json } = await client.diagnoseExchange(exchange);
    if (options.json === true) data(JSON.stringify(json));
    else json.steps.forEach((step) => printStep(stepOf(step, json)));
    process.exitCode = json.decision === 'allow' ? exitCode.ok : exitCode.refused;
  });
}

const responsibleText = (who: NonNullable<ExchangeDiagnosis['who']>): string =>
  say({ zh: `由${menders[who].zh}处理`, en: `to be corrected by ${menders[who].en}` });

const menders: Readonly<Record<NonNullable<ExchangeDiagnosis['who']>, Bilingual>> = {
  caller: { zh: '调用方的开发者', en: "the caller's developer" },
  department: { zh: '调用方部门', en: "the caller's department" },
  provider: { zh: '提供部门', en: 'the provider' },
  other: { zh: '另一人或另一部门', en: 'another person or department' },
  'data-office': { zh: '数据主管部门', en: 'the data office' },
  operator: { zh: '运维', en: 'the operator' },
};

/** Prints who can correct a denial next to its code. */
const stepOf = (step: ExchangeDiagnosis['steps'][number], { code, who }: ExchangeDiagnosis): Step => ({
  ...step,
  ...(step.step !== 'decision' || code === undefined
    ? {}
    : { code, ...(who === undefined ? {} : { facts: [responsibleText(who)] }) }),
});

async function run(options: ClientVerbOptions & { base?: boolean }): Promise<void> {
  await withClient({ ...options, json: false }, async (client, profile) => {
    const outcome = await diagnose(client, profile);
    const ok = outcome.steps.every((step) => step.ok);
    const { steps, diagnosis, difference } = outcome;
    if (options.json === true) data(JSON.stringify({ ok, steps, diagnosis, difference }));
    else steps.forEach(printStep);
    if (options.base === true && options.json !== true) data(diagnosis?.base?.join('\n') ?? '');
    process.exitCode = ok ? exitCode.ok : outcome.network ? exitCode.refused : exitCode.network;
  });
}

function printStep({ step, ok, code, detail, next, facts }: Step): void {
  const tail = code === undefined ? '' : ` (${code})`;
  data(`${ok ? '✓' : '✗'} ${translated('label', step)}${say({ zh: '：', en: ': ' })}${say(detail)}${tail}`);
  dataLines((facts ?? []).map((fact) => `    ${fact}`));
  if (!ok && next !== undefined) data(`    → ${say(next)}`);
}

/** Continues as far as the hub permits. */
async function diagnose(client: DatongClient, profile: Profile): Promise<Outcome> {
  const local = [certificateStep(profile), signingKeyStep(client)];
  const handshake = await attempt('handshake', () => handshakeStep(client));
  if (!handshake.reached) return { steps: [...local, ...handshake.steps], network: false };
  const signed = await attempt('signature', () => signatureSteps(client));
  return {
    steps: [...local, ...handshake.steps, ...signed.steps],
    ...defined({ diagnosis: signed.diagnosis, difference: signed.difference }),
    network: signed.reached,
  };
}

interface Attempted {
  readonly steps: readonly Step[];
  readonly reached: boolean;
  readonly diagnosis?: Diagnosis;
  readonly difference?: BaseDifference;
}

async function attempt(step: string, action: () => Promise<Omit<Attempted, 'reached'>>): Promise<Attempted> {
  try {
    return { reached: true, ...(await action()) };
  } catch (error) {
    if (error instanceof DatongProblem) return { reached: true, ...refusedStep(step, error) };
    const { exit, text, next } = failureOf(error);
    const failed = { step, ok: false, detail: text, ...defined({ next }) };
    return { reached: exit !== exitCode.network, steps: [failed] };
  }
}

/** The hub's own refusal, with the first byte that differs where it sent its base along. */
function refusedStep(step: string, problem: DatongProblem): Omit<Attempted, 'reached'> {
  const diagnosis = problem.findings.find(isDiagnosis);
  const own = problem.kept?.request;
  const hubs = diagnosis?.base?.join('\n');
  const difference =
    own === undefined || hubs === undefined
      ? undefined
      : compareBases(hubs, requestBase(readSignature(own), own));
  const failed = { step, ok: false, code: problem.code, detail: problem.text, next: problem.next };
  const facts = refusalFacts(problem);
  const ahead = aheadOf(problem, diagnosis);
  const clock = ahead === undefined ? [] : [clockStep(ahead)];
  return {
    steps: [
      ...clock,
      { ...failed, facts },
      ...(difference === undefined ? [] : [differenceStep(difference)]),
    ],
    ...defined({ diagnosis, difference }),
  };
}

/** @param ahead seconds by which this machine's clock is ahead of the hub's */
const clockStep = (ahead: number): Step => ({
  step: 'clock',
  ok: Math.abs(ahead) <= skew,
  detail: { zh: `与枢纽相差 ${ahead} 秒`, en: `${ahead} s from the hub's` },
  next: { zh: '用 NTP 校准时钟', en: 'set the clock by NTP' },
});

/** maximum clock difference that the hub permits, in seconds */
const skew = 30;

/** The hub's clock according to a refusal; undefined without one. */
function aheadOf({ code, expected }: DatongProblem, diagnosis: Diagnosis | undefined): number | undefined {
  const now = Date.now() / 1000;
  if (diagnosis !== undefined) return Math.round(now - diagnosis.now);
  const bound = Date.parse(/\d{4}-\d\d-\d\dT[\d:]+Z/.exec(expected ?? '')?.[0] ?? '') / 1000;
  if (Number.isNaN(bound)) return undefined;
  if (code === 'request_expired') return Math.round(now - bound - skew);
  return code === 'request_not_yet_valid' ? Math.round(now - bound + skew) : undefined;
}

const isDiagnosis = (value: unknown): value is Diagnosis =>
  typeof value === 'object' && value !== null && 'checks' in value && 'profile' in value;

function certificateStep({ tls, department }: Profile): Step {
  const certificate = new X509Certificate(tls.cert);
  const until = new Date(certificate.validTo);
  const named = /URI:urn:datong:dept:([a-z0-9-]+)/.exec(certificate.subjectAltName ?? '')?.[1];
  const step = 'certificate';
  const renew: Bilingual = { zh: '运行 datong enrol --renew', en: 'run datong enrol --renew' };
  if (!certificate.checkPrivateKey(createPrivateKey(tls.key)))
    return {
      step,
      ok: false,
      detail: { zh: 'TLS 私钥与证书不配对', en: 'the TLS key does not belong to the certificate' },
    };
  if (named !== department)
    return {
      step,
      ok: false,
      detail: {
        zh: `证书属于部门 ${named ?? '（无）'}，配置写的是 ${department}`,
        en: `the certificate names ${named ?? 'no department'}, the profile ${department}`,
      },
    };
  const facts = [
    say({
      zh: `序列号 ${certificate.serialNumber.toLowerCase()}`,
      en: `serial ${certificate.serialNumber.toLowerCase()}`,
    }),
    say({ zh: `有效至 ${until.toISOString()}`, en: `until ${until.toISOString()}` }),
  ];
  return until.getTime() > Date.now()
    ? { step, ok: true, detail: { zh: `部门 ${department}`, en: `department ${department}` }, facts }
    : {
        step,
        ok: false,
        code: 'certificate_expired',
        detail: {
          zh: `部门 ${department} 的证书（本机的）已过期`,
          en: `the certificate of the department ${department} (on this machine) has expired`,
        },
        next: renew,
        facts,
      };
}

function signingKeyStep(client: DatongClient): Step {
  return {
    step: 'signing-key',
    ok: true,
    detail: { zh: `指纹 ${client.keyid}`, en: `keyid ${client.keyid}` },
  };
}

/** What the open listener reports of the certificate, which the exchange listener would refuse without a reason. */
async function handshakeStep(client: DatongClient): Promise<Omit<Attempted, 'reached'>> {
  const seen = (await client.handshake()) as {
    accepted?: boolean;
    code?: string;
    detail?: Bilingual;
    next?: Bilingual;
  };
  const accepted: Bilingual = { zh: '枢纽接受该证书', en: 'the hub takes this certificate' };
  return {
    steps: [
      {
        step: 'handshake',
        ok: seen.accepted === true,
        ...defined({ code: seen.code }),
        detail: seen.detail ?? accepted,
        ...defined({ next: seen.next }),
      },
    ],
  };
}

async function signatureSteps(client: DatongClient): Promise<Omit<Attempted, 'reached'>> {
  const { diagnosis, difference } = await client.diagnose();
  const ahead = Math.round(Date.now() / 1000 - diagnosis.now);
  const clock = clockStep(ahead);
  const checks = diagnosis.checks.map(({ check, ok, problem }): Step => ({
    step: check,
    ok: ok === true,
    ...(problem === undefined ? {} : { code: problem.code, next: problem.next }),
    detail:
      problem?.detail ??
      (ok === true ? { zh: '通过', en: 'passes' } : { zh: '未能检查', en: 'could not be checked' }),
  }));
  return {
    steps: [clock, ...checks, ...(difference === undefined ? [] : [differenceStep(difference)])],
    diagnosis,
    ...defined({ difference }),
  };
}

function differenceStep({ line, column, expected, received, hint }: BaseDifference): Step {
  return {
    step: 'base',
    ok: false,
    detail: {
      zh: `签名基串在第 ${line} 行第 ${column} 列起不同`,
      en: `the signature bases differ from line ${line}, column ${column}`,
    },
    facts: [
      say({ zh: `枢纽：${expected}`, en: `hub:  ${expected}` }),
      say({ zh: `本地：${received}`, en: `here: ${received}` }),
    ],
    next: hint,
  };
}
