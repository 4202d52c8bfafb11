/** The folder in which evidence is delivered: one file is complete, the others are parts of it for people and other tools. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromBase64 } from '../../../../log/base64.ts';
import { logFinding, type LogFinding } from '../../../../log/finding.ts';
import type { EvidenceFile } from '../../../../log/pack/evidenceFile.ts';
import { maxPackLength } from '../../../../log/pack/pack.ts';
import { tlogProofText } from '../../../../log/tlogProof.ts';
import { readBounded, readBoundedText } from '../../boundedFile.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { checkEvidence, digestOf, type EvidenceCheck } from './checkEvidence.ts';
import { printForm } from './printForm.ts';

const evidenceName = 'evidence.json';
const manifestName = 'manifest.json';
const formNames = { zh: 'print.zh-CN.html', en: 'print.html' } as const;
const languages = ['zh', 'en'] as const;
const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** @throws VerbFailure where the folder is not empty */
export function writeEvidenceFolder(
  folder: string,
  text: string,
  read: NonNullable<EvidenceCheck['read']>,
): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new VerbFailure(exitCode.local, {
      zh: `${folder} 不是空文件夹`,
      en: `the folder ${folder} is not empty`,
    });
  const files: Readonly<Record<string, string | Uint8Array>> = {
    [evidenceName]: text,
    ...partsOf(read.file),
    ...Object.fromEntries(languages.map((language) => [formNames[language], printForm(read, language)])),
  };
  const digests = Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, digestOf(content)]),
  );
  for (const [path, content] of Object.entries({
    ...files,
    [manifestName]: json({ v: 1, files: digests }),
  })) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    writeFileSync(place, content, { mode: 0o600 });
  }
}

/** Parts for other tools: pack, notes, and each entry with its proof (C2SP tlog-proof). */
function partsOf(file: EvidenceFile): Record<string, string | Uint8Array> {
  const { pack, documents, registries, schemas, notices } = file;
  const chosen = new Set(file.chosen);
  const entries = pack.entries.flatMap(({ index, leaf, proof }): [string, string | Uint8Array][] => {
    if (!chosen.has(index)) return [];
    const path = proof.map((hash) => fromBase64(hash) ?? new Uint8Array());
    const name = `entries/${String(index).padStart(9, '0')}`;
    return [
      [`${name}.json`, fromBase64(leaf) ?? new Uint8Array()],
      [`${name}.tlog-proof`, tlogProofText({ index, path, checkpoint: pack.checkpoint })],
    ];
  });
  const texts = (name: string, all: Readonly<Record<string, string>>, ending: string): [string, string][] =>
    Object.entries(all).map(([key, text]) => [`${name}/${key.replaceAll(/[^\w.-]/g, '_')}${ending}`, text]);
  return Object.fromEntries([
    ['pack.json', json(pack)],
    ['checkpoint', file.cosigned],
    ['anchors.json', json(file.anchors)],
    ...entries,
    ...texts('documents', documents, '.json'),
    ...texts('registries', registries, '.json'),
    ...texts('schemas', schemas, '.json'),
    ...texts('notices', notices, '.txt'),
  ]);
}

/**
 * The text of evidence at a path, which is the file or the folder; undefined where the path is a pack only. A folder without the file is no
 * pack: its print form can be compared only with that file, and would remain unverified next to a valid pack.
 * @throws VerbFailure (exit 5) where a folder of evidence lacks its evidence.json
 */
export function evidenceAt(path: string): { readonly text: string; readonly folder?: string } | undefined {
  const inside = join(path, evidenceName);
  if (existsSync(inside)) return { text: readBoundedText(inside, maxPackLength), folder: path };
  if ([manifestName, ...Object.values(formNames)].some((name) => existsSync(join(path, name))))
    throw new VerbFailure(exitCode.verification, {
      zh: `${path} 是证据文件夹，但缺少 ${evidenceName}：其中的打印件无从核对`,
      en: `${path} is a folder of evidence without its ${evidenceName}: nothing in it can be compared with it`,
    });
  if (!path.endsWith(evidenceName)) return undefined;
  return { text: readBoundedText(path, maxPackLength) };
}

/** Checks evidence with its folder: the other files there are those that its manifest names. @throws VerbFailure */
export function checkEvidenceAt(
  { text, folder }: NonNullable<ReturnType<typeof evidenceAt>>,
  trust: Parameters<typeof checkEvidence>[1],
): EvidenceCheck {
  const check = checkEvidence(text, trust);
  const isPack = check.read?.pack.findings.every(({ code }) => code !== 'pack_malformed') === true;
  if (folder === undefined || check.read === undefined || !isPack) return check;
  return { ...check, findings: [...check.findings, ...alteredFiles(folder, check.read)] };
}

function alteredFiles(folder: string, read: NonNullable<EvidenceCheck['read']>): LogFinding[] {
  const altered = (what: string): LogFinding => logFinding('file_altered', { what, path: what });
  const named = manifestOf(folder);
  if (named === undefined) return [altered(manifestName)];
  const parts = partsOf(read.file);
  const findings = Object.keys({ [evidenceName]: '', ...parts }).flatMap((path) =>
    Object.hasOwn(named, path) ? [] : [altered(path)],
  );
  for (const [path, digest] of Object.entries(named)) {
    const place = join(folder, path);
    const content = path.includes('..') || !existsSync(place) ? undefined : readBounded(place, maxPackLength);
    const wanted = parts[path] ?? formAgain(path, read);
    const right =
      content !== undefined &&
      digestOf(content) === digest &&
      (wanted === undefined || digestOf(wanted) === digest);
    if (!right) findings.push(altered(path));
  }
  return findings;
}

/** Makes the print form again and compares it, regardless of the version that it names: otherwise a forged page could bear the true digest. */
function formAgain(path: string, read: NonNullable<EvidenceCheck['read']>): string | undefined {
  const language = languages.find((one) => formNames[one] === path);
  return language === undefined ? undefined : printForm(read, language);
}

function manifestOf(folder: string): Readonly<Record<string, string>> | undefined {
  try {
    const { files } = JSON.parse(readBoundedText(join(folder, manifestName), maxPackLength)) as {
      files?: unknown;
    };
    return typeof files === 'object' && files !== null ? (files as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}
