/** The results of the story: a folder that can be verified without a hub, and a box of counted figures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calledOperation } from '../../sdk/deprecation.ts';
import { saveExchange } from '../../sdk/storedExchange.ts';
import { parseAnchors } from '../../../log/anchors.ts';
import { verifyPack } from '../../../log/pack/verifyPack.ts';
import { readEvidence } from '../audit/evidenceFolder.ts';
import { staffReader } from '../audit/staffReader.ts';
import { boxed } from '../printedText.ts';
import { exitCode, say, VerbFailure } from '../verb.ts';
import { household } from './acts/childAct.ts';
import type { Resident } from './files/invented.ts';
import type { Stage } from './stage.ts';
import { wholeLog } from './acts/tamperAct.ts';
import type { Counts, Tally } from './narrator.ts';

/**
 * Writes a pack of the whole log with the checkpoints of the stored receipts, the newest checkpoint, and every stored exchange. @returns
 * number of receipts in it
 */
export async function writeEvidence(stage: Stage, tally: Tally): Promise<number> {
  const receipts = join(stage.evidence, 'receipts');
  for (const stored of tally.exchanges)
    if (stored.receipt !== undefined) await saveExchange(receipts, stored);
  const hub = staffReader({ as: 'auditor' });
  try {
    const pack = await hub.ask('POST', '/v1/log/packs', { history: historySizes(tally) });
    write(stage, 'pack.json', `${JSON.stringify(pack)}\n`);
    write(stage, 'checkpoint', String(pack['checkpoint']));
  } finally {
    hub.close();
  }
  return verifyFolder(stage.evidence);
}

/** Verifies the folder as `datong audit verify` does, without the hub. @throws VerbFailure when something in it is invalid */
function verifyFolder(folder: string): number {
  const files = readEvidence(folder);
  const anchors = parseAnchors(readFileSync(join(folder, 'anchors.json'), 'utf8'));
  const { findings } = verifyPack(files.pack, {
    keys: anchors.logKeys,
    hubKeys: anchors.hubKeys,
    operationOf: calledOperation,
    checkpoints: files.checkpoints,
    receipts: files.receipts,
  });
  const [finding] = findings;
  if (finding !== undefined) throw new VerbFailure(exitCode.verification, finding.message);
  return files.receipts.length;
}

const write = (stage: Stage, name: string, text: string): void =>
  writeFileSync(join(stage.evidence, name), text, { mode: 0o600 });

/** Sizes of the logs that the receipts' checkpoints signed, ascending, at most a hundred. */
function historySizes(tally: Tally): readonly number[] {
  const sizes = tally.exchanges.flatMap(({ receipt }) => {
    if (receipt === undefined) return [];
    const { proof } = JSON.parse(Buffer.from(receipt, 'base64url').toString('utf8')) as { proof: string };
    const size = Number(proof.slice(proof.indexOf('\n\n') + 2).split('\n')[1]);
    return Number.isSafeInteger(size) && size > 0 ? [size] : [];
  });
  return [...new Set(sizes)].sort((a, b) => a - b).slice(-100);
}

interface Seen {
  readonly answered: number;
  /** of these, answered for a case that was named */
  readonly forCases: number;
  readonly departments: readonly string[];
}

/** All recipients of answers about this child, as the auditor finds them in the log. */
async function whoSaw(child: Resident): Promise<Seen> {
  const hub = staffReader({ as: 'auditor' });
  try {
    const { entries } = await hub.ask('POST', '/v1/log/searches', {
      subject: {
        dataset: household,
        value: child.id,
        reason: say({ zh: '家长询问谁看过孩子的数据', en: 'a parent asks who saw the child' }),
        case: 'XF-2026-0001',
      },
      decision: 'allow',
    });
    // a consent given or withdrawn is found too, although it discloses no data
    const leaves = (entries as readonly { leaf: string }[])
      .map(
        ({ leaf }) =>
          JSON.parse(Buffer.from(leaf, 'base64').toString('utf8')) as {
            kind: string;
            consumer?: string;
            matter?: string;
          },
      )
      .filter(({ kind }) => kind === 'release');
    return {
      answered: leaves.length,
      forCases: leaves.filter(({ matter }) => matter !== undefined).length,
      departments: [...new Set(leaves.flatMap(({ consumer }) => consumer ?? []))],
    };
  } finally {
    hub.close();
  }
}

const summed = (intakes: readonly Counts[]): Counts =>
  intakes.reduce((sum, one) => ({
    records: sum.records + one.records,
    rows: sum.rows + one.rows,
    bad: sum.bad + one.bad,
    skipped: sum.skipped + one.skipped,
  }));

/**
 * The box at the end. Every figure is counted from the story or read from the log.
 * @param receipts in the folder of evidence, verified there
 */
export async function evidenceBox(tally: Tally, child: Resident, receipts: number): Promise<string> {
  const seen = await whoSaw(child);
  const log = await wholeLog();
  const logged = tally.refusals.filter(({ exchange }) => exchange !== undefined).length;
  const handedIn = summed(tally.intakes);
  const materials = tally.materials.map(say).join(say({ zh: '、', en: ', ' }));
  const intact = log.findings.length === 0;
  return boxed(
    say({ zh: '证据', en: 'Evidence' }),
    [
      {
        zh: `旧系统的文件         ${tally.intakes.length} 种格式，${handedIn.records} 条 = ${handedIn.rows} 发布 + ${handedIn.bad} 问题数据 + ${handedIn.skipped} 跳过`,
        en: `files of old systems                  ${tally.intakes.length} formats: ${handedIn.records} records = ${handedIn.rows} published + ${handedIn.bad} in quarantine + ${handedIn.skipped} passed over`,
      },
      {
        zh: `家长不用再带的材料   ${tally.materials.length} 份：${materials}`,
        en: `materials a parent no longer brings   ${tally.materials.length}: ${materials}`,
      },
      {
        zh: `对外提供的数据项     ${tally.fieldsReleased} / ${tally.fieldsOfRecord}`,
        en: `fields that left the departments      ${tally.fieldsReleased} of ${tally.fieldsOfRecord}`,
      },
      {
        zh: `越权请求             ${tally.refusals.length} 次，全部拒绝，${logged} 次有日志和回执`,
        en: `requests beyond the agreement         ${tally.refusals.length}, all refused, ${logged} logged with a receipt`,
      },
      {
        zh: `谁看过这个孩子       ${seen.departments.join('、')}，共 ${seen.answered} 次，其中 ${seen.forCases} 次有办件号`,
        en: `who saw this child                    ${seen.departments.join(', ')}, ${seen.answered} times, ${seen.forCases} of them for a case`,
      },
      {
        zh: `日志                 ${log.size} 条，${intact ? '逐条核验，完好' : `发现 ${log.findings.length} 处改动`}`,
        en: `the log                               ${log.size} entries, ${intact ? 'each verified, intact' : `${log.findings.length} alterations found`}`,
      },
      {
        zh: `证据文件夹           ${receipts} 份回执连同请求和答复，已离线核验`,
        en: `the folder of evidence                ${receipts} receipts with requests and replies, verified offline`,
      },
    ].map(say),
  );
}
