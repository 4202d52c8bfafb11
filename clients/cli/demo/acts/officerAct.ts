/** The last act, 合规: an officer answers a finding with the case's evidence, and a thief with the log's key is caught by the witness. */
import { join } from 'node:path';
import { leafHash } from '../../../../log/hash.ts';
import { noteSigner, parseVkey } from '../../../../log/note/noteKey.ts';
import { parsePack } from '../../../../log/pack/pack.ts';
import { LeafTree } from '../../../../log/tree/leafTree.ts';
import { openCheckpoint, signCheckpoint } from '../../../../log/checkpoint.ts';
import { addCheckpointText } from '../../../../log/witness/addCheckpoint.ts';
import { extentText } from '../../../../log/pack/claims.ts';
import { fetchEvidence } from '../../audit/evidence/fetchEvidence.ts';
import { staffReader, type StaffReader } from '../../audit/staffReader.ts';
import { exitCode, say, VerbFailure } from '../../verb.ts';
import { serveWitness } from '../../witness/serveWitness.ts';
import { createWitness, openWitness, type Alarm } from '../../witness/witnessFolder.ts';
import type { Narrator } from '../narrator.ts';
import type { Stage } from '../stage.ts';
import { enrolmentContext } from './childAct.ts';

export async function officerAct(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.act({
    zh: '第六幕  合规：从一个预警到一份证据，再到一个窃得密钥的人',
    en: 'Act 6  The officer: from a finding to evidence, and to a thief with the key of the log',
  });
  const hub = staffReader({ as: 'auditor' });
  try {
    await answerFinding(stage, narrator, hub);
    await takeEvidence(stage, narrator, hub);
    await catchThief(stage, narrator, hub);
  } finally {
    hub.close();
  }
}

interface Risk {
  readonly id: string;
  readonly message: { readonly zh: string; readonly en: string };
  readonly consumer?: string;
  readonly count: number;
}

async function answerFinding(stage: Stage, narrator: Narrator, hub: StaffReader): Promise<void> {
  const [risk] = await narrator.step(
    async () => {
      await stage.hub.runner.run('watchLog');
      const { risks } = await hub.ask('GET', '/v1/risks?unanswered=true');
      return risks as readonly Risk[];
    },
    ([first]) =>
      first === undefined
        ? { zh: '规则没有发现异常', en: 'the rules found nothing' }
        : {
            zh: `预警：${first.consumer ?? ''}，${first.message.zh}（${first.count} 次）`,
            en: `a finding: ${first.consumer ?? ''}, ${first.message.en} (${first.count})`,
          },
  );
  if (risk === undefined) throw failure('没有预警', 'there is no finding');
  const reason = say({
    zh: '演示中的越权试探，已逐条查看',
    en: 'attempts of the demo, looked at one by one',
  });
  await narrator.step(
    () => hub.ask('POST', `/v1/risks/${risk.id}/acknowledgement`, { reason }),
    () => ({
      zh: '审计员逐条查看后确认，事由写入日志',
      en: 'the auditor acknowledges it with a reason that is recorded in the log',
    }),
  );
}

async function takeEvidence(stage: Stage, narrator: Narrator, hub: StaffReader): Promise<void> {
  const { matter = '' } = enrolmentContext;
  await narrator.step(
    () => hub.ask('POST', '/v1/log/searches', { matter }),
    ({ entries }) => ({
      zh: `检索办件 ${matter}：${(entries as unknown[]).length} 条`,
      en: `a search for case ${matter}: ${(entries as unknown[]).length} entries`,
    }),
  );
  const folder = join(stage.evidence, 'case');
  const { findings } = await narrator.step(
    async () => {
      const made = await hub.ask('POST', '/v1/log/evidence', {
        reason: say({ zh: '家长投诉', en: 'complaint of a parent' }),
        case: 'XF-2026-0001',
        question: { matter },
      });
      return fetchEvidence(hub, String(made['id']), folder);
    },
    ({ read }) => {
      const extent = read === undefined ? { zh: '', en: '' } : extentText(read);
      const same = read?.replayed.same ?? 0;
      return {
        zh: `证据文件夹：${extent.zh}；其中 ${same} 次判定按当时的协议重新得出`,
        en: `the folder of evidence: ${extent.en}; ${same} decisions came out of the agreements of their time again`,
      };
    },
  );
  const [first] = findings;
  if (first !== undefined) throw new VerbFailure(exitCode.verification, first.message);
  narrator.detail({
    zh: `打印件：${join(folder, 'print.zh-CN.html')}`,
    en: `print form: ${join(folder, 'print.html')}`,
  });
}

/** The thief has the log's own key and makes another history of the same length: verified alone, it is consistent. */
async function catchThief(stage: Stage, narrator: Narrator, hub: StaffReader): Promise<void> {
  const { log } = stage.hub.keys;
  const state = join(stage.folder, 'witness');
  createWitness(state, 'audit.yunxi.example/w1');
  const alarms: Alarm[] = [];
  const witness = await serveWitness({
    folder: openWitness(state, { lock: true }),
    logKey: parseVkey(log.vkey),
    listen: { host: '127.0.0.1', port: 0 },
    every: 3_600_000,
    now: Date.now,
    onAlarm: (alarm) => alarms.push(alarm),
  });
  const submit = (old: number, checkpoint: string): Promise<Response> =>
    fetch(`${witness.origin}/add-checkpoint`, {
      method: 'POST',
      body: addCheckpointText({ old, proof: [], checkpoint }),
    });
  try {
    const pack = parsePack(await hub.ask('POST', '/v1/log/packs', {}));
    const { size } = openCheckpoint(pack.checkpoint, [parseVkey(log.vkey)]);
    await narrator.step(
      () => submit(0, pack.checkpoint),
      () => ({
        zh: `审计部门的见证方联署 ${size} 条的检查点`,
        en: `the audit office’s witness cosigns the checkpoint of ${size} entries`,
      }),
    );
    const hashes = pack.entries.map(({ leaf }, at) =>
      leafHash(at === size - 1 ? Buffer.from(Buffer.from(leaf).toString().replace('allow', 'deny')) : leaf),
    );
    const forged = signCheckpoint(
      size,
      new LeafTree(hashes).root(size),
      noteSigner(log.name, log.privateKey),
    );
    const { status } = await narrator.step(
      () => submit(size, forged),
      (answer) => ({
        zh: `有人用窃得的日志私钥重写一条并重新签名：见证方拒绝（${answer.status}），留下两份签名的检查点为证`,
        en: `an attacker rewrites an entry and signs with the stolen key: the witness refuses (${answer.status}) and stores both signed checkpoints as proof`,
      }),
    );
    if (status !== 422 || alarms[0]?.kind !== 'forked')
      throw failure('见证方没有发现重写', 'the witness did not notice the rewritten log');
  } finally {
    await witness.close();
  }
}

const failure = (zh: string, en: string): VerbFailure => new VerbFailure(exitCode.verification, { zh, en });
