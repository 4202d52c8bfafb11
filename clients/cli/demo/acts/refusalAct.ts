/** Act five, 越权: everything that was not agreed is refused, each by its own code, and logged. */
import { signNow } from '../../../../machine/signNow.ts';
import { signingKey } from '../../../../certs/signatures/index.ts';
import { Connection } from '../../../sdk/connection.ts';
import { DatongClient } from '../../../sdk/datongClient.ts';
import type { ReplyMessage } from '../../../../certs/message.ts';
import { parseReceipt } from '../../../../log/receipt/receipt.ts';
import type { StoredExchange } from '../../../sdk/storedExchange.ts';
import { DatongProblem } from '../../../sdk/datongProblem.ts';
import { readProfile, type Profile } from '../../../sdk/profile.ts';
import type { CallContext, Query } from '../../../sdk/types.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { openProfile } from '../../profile.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { aboutChild, enrolmentContext, household } from './childAct.ts';
import type { Narrator, Tally } from '../narrator.ts';
import type { Resident } from '../files/invented.ts';
import type { Stage } from '../stage.ts';

export async function refusalAct(
  stage: Stage,
  narrator: Narrator,
  tally: Tally,
  child: Resident,
): Promise<void> {
  narrator.act({
    zh: '第五幕  越权：没有约定的，一律不给，且各有其名',
    en: 'Act 5  Beyond the agreement: refused, each by its own name',
  });
  const education = openProfile({ as: 'education' });
  const client = DatongClient.fromProfile(education);
  const stranger = DatongClient.fromProfile(openProfile({ as: 'transport' }));
  const about = aboutChild(child);
  const ask = (query: Query, context: Partial<CallContext> = {}): Promise<unknown> =>
    client.query(household, query, { ...enrolmentContext, ...context });
  const { matter: _matter, ...withoutMatter } = enrolmentContext;
  const cases: readonly (readonly [Bilingual, () => Promise<unknown>])[] = [
    [
      { zh: '交通运输局没有授权，要全部户籍', en: 'Transport, without agreement, asks for all households' },
      () => stranger.query(household, {}, { purpose: 'statistics', agreement: 'agr-school-enrolment' }),
    ],
    [
      { zh: '教育局要没有授予的收入', en: 'Education asks for income, which it was not granted' },
      () => ask({ ...about, fields: ['name', 'income'] }),
    ],
    [
      { zh: '教育局换一个使用场景', en: 'Education asks for another purpose' },
      () => ask(about, { purpose: 'statistics' }),
    ],
    [
      { zh: '教育局不写办件号', en: 'Education gives no case number' },
      () => client.query(household, about, withoutMatter),
    ],
    [
      { zh: '教育局按脱敏字段筛选', en: 'Education filters by a masked field' },
      () => ask({ filter: [...(about.filter ?? []), { field: 'name', op: 'eq', value: child.name }] }),
    ],
  ];
  try {
    for (const [notified, attempt] of cases)
      await refused(narrator, tally, notified, () => problemOf(attempt));
    await onTheWire(narrator, tally, education, about);
    await revoked(stage, narrator, tally, about);
  } finally {
    client.close();
    stranger.close();
  }
}

async function refused(
  narrator: Narrator,
  tally: Tally,
  notified: Bilingual,
  attempt: () => Promise<DatongProblem>,
): Promise<void> {
  const {
    code,
    exchange,
    kept: stored,
  } = await narrator.step(attempt, (problem) => ({
    zh: `${notified.zh} → ${problem.code}：${problem.text.zh}`,
    en: `${notified.en} → ${problem.code}: ${problem.text.en}`,
  }));
  const receipt = stored?.receipt === undefined ? undefined : parseReceipt(stored.receipt);
  tally.refusals.push({
    code,
    exchange: receipt && exchange,
    leaf: receipt && Buffer.from(receipt.leaf).toString('utf8'),
  });
  if (stored !== undefined) tally.exchanges.push(stored);
}

/** The problem with which the hub refused. */
async function problemOf(attempt: () => Promise<unknown>): Promise<DatongProblem> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof DatongProblem) return error;
    throw error;
  }
  throw new VerbFailure(exitCode.verification, {
    zh: '应当被拒绝的请求得到了答复',
    en: 'a request that had to be refused was answered',
  });
}

/** The same request twice, and one with a byte changed in transit. */
async function onTheWire(narrator: Narrator, tally: Tally, profile: Profile, query: Query): Promise<void> {
  const connection = new Connection({ ca: profile.hub.ca, tls: profile.tls, sockets: 1 });
  const send = async (signed: Signed, body: Uint8Array): Promise<unknown> => {
    const { uri, headers } = signed;
    const reply = await connection.send({ method: 'POST', uri, headers, body });
    if (reply.status >= 400) throw new DatongProblem(reply, storedOf({ ...signed, body }, reply));
    return reply;
  };
  try {
    const once = signed(profile, query);
    await send(once, once.body);
    await refused(
      narrator,
      tally,
      { zh: '把已用过的请求再发一遍', en: 'a request is sent a second time' },
      () => problemOf(() => send(once, once.body)),
    );
    const fresh = signed(profile, query);
    const changed = Uint8Array.from(fresh.body);
    changed[changed.length - 5] = (changed[changed.length - 5] ?? 0) ^ 1;
    await refused(narrator, tally, { zh: '途中改动一个字节', en: 'one byte is changed on the way' }, () =>
      problemOf(() => send(fresh, changed)),
    );
  } finally {
    connection.close();
  }
}

/** The record of a call that was sent without the SDK. */
function storedOf({ uri, headers, body }: Signed, reply: ReplyMessage): StoredExchange {
  const header = (name: string): string | undefined => {
    const at = reply.rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
    return at < 0 ? undefined : reply.rawHeaders[at + 1];
  };
  const host = new URL(uri).host;
  const rawHeaders = Object.entries({ host, ...headers }).flat();
  return {
    exchange: header('datong-exchange-id') ?? '',
    request: { method: 'POST', targetUri: uri, rawHeaders, body },
    reply,
    receipt: header('datong-receipt'),
  };
}

interface Signed {
  readonly uri: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

function signed(profile: Profile, query: Query): Signed {
  const uri = `${profile.hub.exchange}/v1/datasets/${household}/query`;
  const body = Buffer.from(JSON.stringify(query), 'utf8');
  const { purpose, agreement, onBehalfOf, matter } = enrolmentContext;
  const headers = signNow({
    method: 'POST',
    targetUri: uri,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': purpose,
      'datong-agreement': agreement,
      'datong-on-behalf-of': onBehalfOf ?? '',
      'datong-matter': matter ?? '',
    },
    body,
    key: signingKey(profile.signingKey),
  });
  return { uri, headers, body };
}

/** An old laptop of 教育局 is reported lost: the open connection is refused at once, a new one fails in TLS. */
async function revoked(stage: Stage, narrator: Narrator, tally: Tally, query: Query): Promise<void> {
  const { profile: document, serial } = await stage.enrol('education', 'education-laptop');
  const profile = readProfile(document, 'education-laptop');
  const laptop = DatongClient.fromProfile(profile);
  try {
    await laptop.query(household, query, enrolmentContext);
    await stage.operator.post(`/v1/certificates/${serial}/revocation`, { reason: 'key-compromise' });
    const notified = { zh: '遗失的电脑用已吊销的证书', en: 'a lost laptop uses its revoked certificate' };
    await refused(narrator, tally, notified, () =>
      problemOf(() => laptop.query(household, query, enrolmentContext)),
    );
  } finally {
    laptop.close();
  }
  const again = DatongClient.fromProfile(profile);
  await narrator.step(
    () =>
      again.query(household, query, enrolmentContext).then(
        () => 'answered',
        (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'refused'),
      ),
    (code) => ({
      zh: `它换一个新连接 → TLS 握手即被拒绝（${code}），没有到达枢纽`,
      en: `it opens a new connection → refused in the TLS handshake (${code}), before it reaches the hub`,
    }),
  );
  again.close();
}
